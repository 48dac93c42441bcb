import { VisionError } from '../errors.ts'

/**
 * Runs of all masks of a photo, 12 MiB. Twenty masks of 256 x 256 are 11,000 runs at 12 megapixels and 22,000 at 48: a ninetieth and
 * a forty-fifth of it.
 */
export const MAX_PHOTO_RUNS = 2 ** 20
/**
 * Pixels of the maps, and columns looked at again in each row of their boxes: 0.1 to 0.3 s of work. Those twenty masks take
 * 1.2 million, a fiftieth of it, whatever the size of the photo.
 */
export const MAX_PHOTO_STEPS = 2 ** 26

/** What the masks of one photo may cost together: each alone is bounded, but an answer holds up to 255 of them. */
export class MaskBudget {
  private runs: number
  private steps: number

  constructor({ runs = MAX_PHOTO_RUNS, steps = MAX_PHOTO_STEPS } = {}) {
    this.runs = runs
    this.steps = steps
  }

  /** Nothing is left: no further mask needs to be looked at. */
  get spent(): boolean {
    return this.runs < 0 || this.steps < 0
  }

  /** @throws MaskTooComplex */
  spendRuns(count: number): void {
    this.runs -= count
    if (this.runs < 0) throw new MaskTooComplex('the masks of the photo have too many runs together')
  }

  /** @throws MaskTooComplex */
  spendSteps(count: number): void {
    this.steps -= count
    if (this.steps < 0) throw new MaskTooComplex('the masks of the photo take too long together')
  }
}

/** A mask that could be drawn, at a cost that no object has. */
export class MaskTooComplex extends VisionError {
  constructor(reason: string) {
    super('answer-unreadable', `Cannot draw the mask: ${reason}`)
  }
}
