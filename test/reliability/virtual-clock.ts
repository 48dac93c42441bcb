type Entry = { time: number; order: number; isBackground: boolean; run: () => void }

/** A clock that stands still between actions, and jumps to the time of the next one. */
export class VirtualClock {
  nowMs: number
  /** Pending actions, without periodic ones. */
  foreground = 0
  /** Sorted: the last entry is the next. */
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

  /** @param isBackground `foreground` does not count it */
  after(delayMs: number, run: () => void, isBackground = false): void {
    const entry = { time: this.nowMs + delayMs, order: this.entered++, isBackground, run }
    let index = this.entries.length
    // Actions of the same time run in the order in which they were added.
    while (index > 0 && this.entries[index - 1]!.time <= entry.time) index--
    this.entries.splice(index, 0, entry)
    if (!isBackground) this.foreground++
  }

  step(): void {
    const next = this.entries.pop()
    if (!next) throw new Error('No action is pending')
    if (!next.isBackground) this.foreground--
    this.nowMs = Math.max(this.nowMs, next.time)
    next.run()
  }
}
