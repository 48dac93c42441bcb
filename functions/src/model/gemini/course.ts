import { asVisionError, type VisionError } from '../../errors.ts'
import type { ModelRequest } from '../../ports/vision-model.ts'

/** All attempts at one request, in a row: also those with other files, with smaller images, or of another model. */
export class Course {
  /** The caller ended it, by what its `onAttempt` threw: nothing else may be tried. */
  ended = false
  private readonly onAttempt: ModelRequest['onAttempt']
  private last: VisionError | undefined

  constructor({ onAttempt }: ModelRequest) {
    this.onAttempt = onAttempt
  }

  /** @param previous the failure of the attempt before; without it, that of the last one which was sent otherwise */
  async begin(previous: VisionError | undefined): Promise<void> {
    try {
      await this.onAttempt?.(previous ?? this.last)
    } catch (reason) {
      this.ended = true
      throw reason
    }
  }

  /** Attempts of one kind have failed for good with `error`. */
  fail(error: unknown): void {
    this.last = asVisionError(error)
  }

  /** Whether `error` is what the model failed with last, rather than something on the way to it, such as an upload. */
  failedWith(error: unknown): boolean {
    return !this.ended && this.last !== undefined && this.last === error
  }
}
