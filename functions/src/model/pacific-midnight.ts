const HOUR_MS = 3600 * 1000

/** Created when it is first needed: it takes 15 ms, and imports should not. */
let pacific: Intl.DateTimeFormat | undefined

/**
 * The next reset of the service's daily quotas, at midnight Pacific time.
 * https://ai.google.dev/gemini-api/docs/rate-limits, 2026-11
 */
export function nextPacificMidnight(now: Date): Date {
  const today = pacificTime(now)
  // Midnight in winter, 1:00 in summer. Clocks change at 2:00, so this also holds on those days.
  const early = Date.UTC(today.year, today.month - 1, today.day + 1, 8)
  return new Date(early - pacificTime(new Date(early)).hour * HOUR_MS)
}

function pacificTime(time: Date): { year: number; month: number; day: number; hour: number } {
  pacific ??= new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
  })
  const parts = new Map(pacific.formatToParts(time).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour') }
}
