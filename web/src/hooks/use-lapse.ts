import { useEffect, useState } from 'preact/hooks'

/** Whether something has gone on for longer than so many milliseconds. */
export function useLapse(isOn: boolean, milliseconds: number): boolean {
  const [hasLapsed, setLapsed] = useState(false)
  useEffect(() => {
    setLapsed(false)
    if (!isOn) return undefined
    const timer = setTimeout(() => setLapsed(true), milliseconds)
    return () => clearTimeout(timer)
  }, [isOn, milliseconds])
  return hasLapsed
}
