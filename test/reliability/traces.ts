/** What happened to each photo, line by line. */
export class Traces {
  private readonly lines = new Map<string, string[]>()
  private readonly startMs: number

  constructor(startMs: number) {
    this.startMs = startMs
  }

  add(imageId: string | undefined, nowMs: number, who: string, what: string): void {
    if (imageId === undefined) return
    const seconds = ((nowMs - this.startMs) / 1000).toFixed(1).padStart(9)
    const line = `${seconds} s  ${who.padEnd(26)}  ${what}`
    const known = this.lines.get(imageId)
    if (known) known.push(line)
    else this.lines.set(imageId, [line])
  }

  of(imageId: string): string[] | undefined {
    return this.lines.get(imageId)
  }
}
