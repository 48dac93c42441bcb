/** What is to happen, by virtual time: a binary heap. Of two at the same time the first that was entered comes first. */
export class Agenda {
  /** Milliseconds since the world began. */
  now = 0
  private readonly entries: Entry[] = []
  private entered = 0

  at(time: number, run: () => void): void {
    const entry = { time, order: this.entered++, run }
    const { entries } = this
    let index = entries.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(entries[parent]!, entry)) break
      entries[index] = entries[parent]!
      index = parent
    }
    entries[index] = entry
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.now + delayMs, run)
  }

  /** Lets the next thing happen. @returns whether there was any */
  step(): boolean {
    const { entries } = this
    const next = entries[0]
    if (!next) return false
    const last = entries.pop()!
    if (entries.length > 0) this.sink(last)
    this.now = next.time
    next.run()
    return true
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

type Entry = { time: number; order: number; run: () => void }

function isBefore(a: Entry, b: Entry): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order)
}
