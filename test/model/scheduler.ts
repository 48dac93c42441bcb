/**
 * Runs actions in virtual time: a binary heap. Actions of the same time run in the order in which they were
 * added.
 */
export class Scheduler {
  /** The scheduler whose action runs, or ran last. */
  static current: Scheduler
  /** Milliseconds since the start of the simulation. */
  now = 0
  private readonly entries: Entry[] = []
  private added = 0

  at(time: number, run: () => void): Entry {
    const entry: Entry = { time, order: this.added++, run, isCancelled: false }
    const { entries } = this
    let index = entries.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(entries[parent]!, entry)) break
      entries[index] = entries[parent]!
      index = parent
    }
    entries[index] = entry
    return entry
  }

  after(delayMs: number, run: () => void): Entry {
    return this.at(this.now + delayMs, run)
  }

  /** Runs every action, and everything that it causes, before the next one. */
  async runAll(): Promise<void> {
    while (this.step()) await allMicrotasks()
  }

  private step(): boolean {
    let next = this.pop()
    while (next?.isCancelled) next = this.pop()
    if (!next) return false
    this.now = next.time
    Scheduler.current = this
    next.run()
    return true
  }

  private pop(): Entry | undefined {
    const { entries } = this
    const next = entries[0]
    const last = entries.pop()
    if (last && entries.length > 0) this.sink(last)
    return next
  }

  private sink(entry: Entry): void {
    const { entries } = this
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= entries.length) break
      if (child + 1 < entries.length && isBefore(entries[child + 1]!, entries[child]!)) child += 1
      if (isBefore(entry, entries[child]!)) break
      entries[index] = entries[child]!
      index = child
    }
    entries[index] = entry
  }
}

export type Entry = { time: number; order: number; run: () => void; isCancelled: boolean }

function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}

/** Resolves when no promise is left to continue: the code under test waits for nothing but the scheduler. */
function allMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
