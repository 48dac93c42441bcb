/** Counts events by name. */
export class Tally {
  readonly counts: Record<string, number> = {}

  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by
  }

  of(name: string): number {
    return this.counts[name] ?? 0
  }
}

/** Records what happened to each photo, line by line. */
export class Traces {
  private readonly lines = new Map<string, string[]>()
  private readonly startMs: number

  constructor(startMs: number) {
    this.startMs = startMs
  }

  add(imageId: string | undefined, nowMs: number, actor: string, event: string): void {
    if (imageId === undefined) return
    const seconds = ((nowMs - this.startMs) / 1000).toFixed(1).padStart(9)
    const line = `${seconds} s  ${actor.padEnd(26)}  ${event}`
    const known = this.lines.get(imageId)
    if (known) known.push(line)
    else this.lines.set(imageId, [line])
  }

  of(imageId: string): string[] | undefined {
    return this.lines.get(imageId)
  }
}
