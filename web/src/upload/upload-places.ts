type Place = { isTaken: boolean; open: () => void }

/** Limits the uploads that run at the same time. No new upload starts while the browser is offline. */
export class UploadPlaces {
  readonly #limit: number
  readonly #isOnline: () => boolean
  readonly #waiting: Place[] = []
  #taken = 0

  constructor(limit: number, isOnline: () => boolean) {
    this.#limit = limit
    this.#isOnline = isOnline
  }

  /** In the order of the calls. Call `leave` when the upload has ended, or does not need its place any more. */
  enter(): { ready: Promise<void>; leave: () => void } {
    const { promise: ready, resolve: open } = Promise.withResolvers<void>()
    const place: Place = { isTaken: false, open }
    this.#waiting.push(place)
    this.update()
    const leave = () => {
      const index = this.#waiting.indexOf(place)
      if (index >= 0) this.#waiting.splice(index, 1)
      if (place.isTaken) this.#taken--
      place.isTaken = false
      this.update()
    }
    return { ready, leave }
  }

  /** Call this when the browser is online again. */
  update(): void {
    while (this.#taken < this.#limit && this.#isOnline()) {
      const place = this.#waiting.shift()
      if (!place) return
      place.isTaken = true
      this.#taken++
      place.open()
    }
  }
}
