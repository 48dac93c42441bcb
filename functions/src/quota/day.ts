/** The UTC day of `now`, as in `2026-11-22`. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10)
}

/** Milliseconds until the next day begins, at least 1. */
export function msUntilTomorrow(now: Date): number {
  return startOf(dayOf(now)) + DAY_MS - now.getTime()
}

export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

export const DAY_MS = 24 * 3600 * 1000
