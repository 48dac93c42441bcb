import { eachStep, MODEL_STEPS, type ModelStepName, type Steps } from '../document/annotation.ts'
import type { FailureFacts } from '../ports/vision-model.ts'

/**
 * Attempts that may be billed for one step of one upload, over all its workers. Bounds the cost of a bug, of
 * crashes between answer and checkpoint, and of a service that never answers in time. Most steps need one or
 * two.
 */
export const MAX_BILLABLE_ATTEMPTS = 8

/** How many attempts of each step may have been billed: stored as `paidCalls`. */
export class AttemptCounts {
  private readonly counts: Record<ModelStepName, number>
  /** Steps whose last attempt was free: its count stands for the next attempt. */
  private readonly free = new Set<ModelStepName>()

  constructor(steps: Steps) {
    this.counts = eachStep((name) => steps[name].paidCalls ?? 0)
  }

  of(step: ModelStepName): number {
    return this.counts[step]
  }

  get total(): number {
    return MODEL_STEPS.reduce((sum, name) => sum + this.counts[name], 0)
  }

  isExhausted(step: ModelStepName): boolean {
    return !this.free.has(step) && this.counts[step] >= MAX_BILLABLE_ATTEMPTS
  }

  /**
   * Counts an attempt that is about to be sent. @returns whether the count has changed, so that it must be
   * stored
   */
  begin(step: ModelStepName): boolean {
    if (this.free.delete(step)) return false
    this.counts[step]++
    return true
  }

  /** Counts the next attempt already now. If it is not sent, `end` takes it back. */
  countAhead(step: ModelStepName): void {
    if (this.isExhausted(step) || this.free.has(step)) return
    this.counts[step]++
    this.free.add(step)
  }

  /** The attempt that began was not sent, because its count could not be stored. */
  cancel(step: ModelStepName): void {
    this.counts[step]--
  }

  /** An attempt that never settles stays counted. */
  settle(step: ModelStepName, billing: FailureFacts['billing']): void {
    if (billing === 'free') this.free.add(step)
  }

  /** The step has ended: without a next attempt, a free one is not counted. */
  end(step: ModelStepName): void {
    if (this.free.delete(step)) this.counts[step]--
  }
}
