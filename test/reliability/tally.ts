/** How often what happened. */
export class Tally {
  readonly counts: Record<string, number> = {}

  count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by
  }

  of(what: string): number {
    return this.counts[what] ?? 0
  }
}
