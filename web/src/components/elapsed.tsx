import { useEffect, useState } from 'preact/hooks'
import { duration } from '../words/numbers.ts'

/** The time since `from`, as it passes, or the time it took. */
export function Elapsed({ from, until }: { from: Date; until: Date | undefined }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (until) return undefined
    const timer = setInterval(() => setNow(new Date()), 200)
    return () => clearInterval(timer)
  }, [until !== undefined])
  // Clocks of browsers and servers differ.
  const passed = Math.max((until ?? now).getTime() - from.getTime(), 0)
  return <span>{duration(passed)}</span>
}
