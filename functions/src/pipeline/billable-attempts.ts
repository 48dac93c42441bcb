import type { Steps } from '../document/annotation.ts'
import { VisionError } from '../errors.ts'
import { mayHaveBeenPaid } from '../quota/perhaps-paid.ts'

export type PaidStep = 'describe' | 'locate'

/**
 * How often one step of one upload may be paid, however its workers end: a bug, a crash between answer and checkpoint, or a service that
 * never answers in time must not be paid all day. An ordinary run takes one or two.
 */
export const MAX_PAID_CALLS = 8

/** Requests of one photo's steps that were paid, or may have been. */
export class PaidCalls {
  private readonly counts: Record<PaidStep, number>
  /** Steps whose last request, which is counted, nobody knows the end of yet. */
  private readonly open = new Set<PaidStep>()

  constructor({ describe, locate }: Steps) {
    this.counts = { describe: describe.paidCalls ?? 0, locate: locate.paidCalls ?? 0 }
  }

  of(step: PaidStep): number {
    return this.counts[step]
  }

  get total(): number {
    return this.counts.describe + this.counts.locate
  }

  /**
   * A request is about to be sent.
   * @param previous the failure of the attempt before; if that was free, its count stands for this one
   * @returns whether the count has changed
   * @throws VisionError `gave-up` when the step was paid too often; then nothing is counted
   */
  begin(step: PaidStep, previous?: VisionError): boolean {
    if (previous && this.open.has(step) && !mayHaveBeenPaid(previous)) return false
    if (this.counts[step] >= MAX_PAID_CALLS) {
      // What was open has ended: as a request that may have been paid.
      this.open.delete(step)
      throw new VisionError('gave-up', `Cannot ask again: ${step} was paid ${MAX_PAID_CALLS} times`)
    }
    this.counts[step]++
    this.open.add(step)
    return true
  }

  /** The step has ended; with a failure that is free, its last request was none that is paid. */
  end(step: PaidStep, failure?: VisionError): void {
    if (failure && this.open.has(step) && isFree(failure)) this.counts[step]--
    this.open.delete(step)
  }
}

/** Whether the service itself has said that it did nothing. */
function isFree(failure: VisionError): boolean {
  return failure.code.startsWith('model-') && !mayHaveBeenPaid(failure)
}
