import { useEffect, useState } from 'preact/hooks'

/** The milliseconds until a time, at least 0. Updated each second until then. */
export function useRemaining(until: Date | undefined): number {
  const end = until?.getTime() ?? 0
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setNow(Date.now())
    if (end <= Date.now()) return undefined
    const timer = setInterval(() => {
      setNow(Date.now())
      if (end <= Date.now()) clearInterval(timer)
    }, 1000)
    return () => clearInterval(timer)
  }, [end])
  return Math.max(end - now, 0)
}
