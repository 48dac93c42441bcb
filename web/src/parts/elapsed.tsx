import { useEffect, useState } from 'preact/hooks'
import { duration } from './numbers.ts'

/** The running time since `from`, or the time between `from` and `until`. */
export function Elapsed({ from, until }: { from: Date; until: Date | undefined }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (until) return undefined
    const timer = setInterval(() => setNow(new Date()), 200)
    return () => clearInterval(timer)
  }, [until !== undefined])
  // The clocks of browser and server differ, so the difference can be negative.
  const elapsedMs = Math.max((until ?? now).getTime() - from.getTime(), 0)
  return <span>{duration(elapsedMs)}</span>
}
