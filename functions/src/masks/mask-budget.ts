import { VisionError } from '../errors.ts'

/**
 * All masks of a photo, 12 MiB. Twenty masks of 256 x 256 have 11,000 runs at 12 megapixels and 22,000 at 48.
 */
export const MAX_PHOTO_RUNS = 2 ** 20
/**
 * Pixels of the probability maps, and columns examined in each row of their boxes: 0.1 to 0.3 s of work.
 * Twenty masks of 256 x 256 take 1.2 million, for any size of photo.
 */
export const MAX_PHOTO_STEPS = 2 ** 26

/** A limit for all masks of one photo. Each mask has its own limit, but an answer can hold 255 masks. */
export class MaskBudget {
  private runs: number
  private steps: number

  constructor({ runs = MAX_PHOTO_RUNS, steps = MAX_PHOTO_STEPS } = {}) {
    this.runs = runs
    this.steps = steps
  }

  /** No further mask can be drawn. */
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

/** The mask is valid, but takes more memory or time than the mask of any real object. */
export class MaskTooComplex extends VisionError {
  constructor(reason: string) {
    super('answer-unreadable', `Cannot draw the mask: ${reason}`)
  }
}
