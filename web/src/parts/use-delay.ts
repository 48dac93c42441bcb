import { useEffect, useState } from 'preact/hooks'

/** Returns whether `isActive` has been true for the given time. */
export function useDelay(isActive: boolean, milliseconds: number): boolean {
  const [hasElapsed, setElapsed] = useState(false)
  useEffect(() => {
    setElapsed(false)
    if (!isActive) return undefined
    const timer = setTimeout(() => setElapsed(true), milliseconds)
    return () => clearTimeout(timer)
  }, [isActive, milliseconds])
  return hasElapsed
}
