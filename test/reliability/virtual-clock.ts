type Entry = { time: number; order: number; isBackground: boolean; run: () => void }

/** A clock that stands until somebody lets the next thing happen, and then goes to its time at once. */
export class VirtualClock {
  nowMs: number
  /** What is still to come, without what comes round for ever. */
  foreground = 0
  /** The last is the next. */
  private readonly entries: Entry[] = []
  private entered = 0

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  now(): Date {
    return new Date(this.nowMs)
  }

  get nextMs(): number | undefined {
    return this.entries.at(-1)?.time
  }

  /** @param isBackground nobody waits for it */
  after(delayMs: number, run: () => void, isBackground = false): void {
    const entry = { time: this.nowMs + delayMs, order: this.entered++, isBackground, run }
    let index = this.entries.length
    // Entered later, so at the same time it comes later.
    while (index > 0 && this.entries[index - 1]!.time <= entry.time) index--
    this.entries.splice(index, 0, entry)
    if (!isBackground) this.foreground++
  }

  step(): void {
    const next = this.entries.pop()
    if (!next) throw new Error('Nothing is to come')
    if (!next.isBackground) this.foreground--
    this.nowMs = Math.max(this.nowMs, next.time)
    next.run()
  }
}
