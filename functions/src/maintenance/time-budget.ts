export type TimeBudget = {
  hasTime: () => boolean
  /** A budget with this part, 0 to 1, of the time that is left. */
  share: (part: number) => TimeBudget
}

/** @param ms how long to work, from now on */
export function timeBudget(ms: number): TimeBudget {
  const stopAt = performance.now() + ms
  return {
    hasTime: () => performance.now() < stopAt,
    share: (part) => timeBudget(part * Math.max(0, stopAt - performance.now())),
  }
}
