import {
  type Annotation,
  MODEL_STEPS,
  type ModelStep,
  type ModelStepName,
  type Photo,
  type Steps,
} from '../document/annotation.ts'
import { addUsage, NO_USAGE, type Usage } from '../document/usage.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { AnnotationChanges } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts } from '../ports/vision-model.ts'
import type { Meter } from '../quota/spend.ts'
import { AttemptCounts, MAX_BILLABLE_ATTEMPTS } from './billable-attempts.ts'

/** The fields of a write, from the steps as they are before it. `steps`: as they are after it. */
type Build = (steps: Steps) => { changes: AnnotationChanges; steps?: Steps }

/**
 * The document of a photo in the hands of the worker that holds its lease. Every write is fenced: it fails
 * when another worker has taken the photo over, or when it was deleted or replaced.
 */
export class LeasedAnnotation {
  readonly photo: Photo
  /** As stored, by this worker or an earlier one. */
  steps: Steps
  /** The photo was deleted or replaced, so no document refers to the files that this worker has stored. */
  isAbandoned = false
  private readonly services: Pick<Services, 'annotations' | 'now'>
  private readonly token: string
  private readonly counts: AttemptCounts
  /** The write that counts first attempts. */
  private aheadWrite: Promise<undefined> | undefined
  private lastWrite: Promise<unknown> = Promise.resolve()
  /** Not started yet, so that it can take more fields. */
  private nextWrite: Promise<void> | undefined
  private builds: Build[] = []
  private waiting: AnnotationChanges = {}

  constructor(
    photo: Photo,
    { steps }: Annotation,
    token: string,
    services: Pick<Services, 'annotations' | 'now'>,
  ) {
    this.photo = photo
    this.steps = steps
    this.token = token
    this.counts = new AttemptCounts(steps)
    this.services = services
  }

  /** Attempts at the model so far that may have been billed, over all workers. */
  get billableAttempts(): number {
    return this.counts.total
  }

  /** Writes intermediate results, which clients see at once. @throws VisionError `claim-lost` */
  async checkpoint(changes: AnnotationChanges): Promise<void> {
    await this.write(() => ({ changes }))
  }

  /** Adds fields to the next write, so that they need no write of their own. */
  addToNextWrite(fields: AnnotationChanges): void {
    this.waiting = { ...this.waiting, ...fields }
  }

  /** Writes the end of a run. Attempts that were counted and not sent, or were free, are taken back. */
  async end(changes: AnnotationChanges): Promise<void> {
    for (const step of MODEL_STEPS) this.counts.end(step)
    await this.write((before) => {
      const steps = this.withCounts(changes.steps ?? before)
      return steps === before ? { changes } : { changes: { ...changes, steps }, steps }
    })
  }

  /**
   * These steps will soon ask the model: one write counts their first attempts, which are sent after it.
   * Attempts that are not sent are taken back when the step or the run ends.
   */
  countAhead(steps: readonly ModelStepName[]): void {
    for (const step of steps) this.counts.countAhead(step)
    this.aheadWrite = this.write((before) => {
      const counted = this.withCounts(before)
      return { changes: totals(counted), steps: counted }
    })
    // Reported by the first attempt that waits for it.
    this.aheadWrite.catch(() => undefined)
  }

  /** Counts the attempts of a step on the document before they are sent, so that a crash cannot lose them. */
  attemptsOf(step: ModelStepName, meter: Meter, estimatedTokens: number): BillableAttempts {
    return {
      begin: async () => {
        if (this.counts.isExhausted(step)) {
          return new VisionError('gave-up', `Cannot ask again: ${step} had ${MAX_BILLABLE_ATTEMPTS} attempts`)
        }
        return this.countAttempt(step).catch((error: unknown) => {
          this.counts.cancel(step)
          const refusal = asVisionError(error)
          if (!refusal) throw error
          return refusal
        })
      },
      settle: (failure) => {
        this.counts.settle(step, failure?.billing ?? 'billed')
        meter.settle(failure, estimatedTokens)
      },
    }
  }

  /**
   * Writes how a step ended, with the fields that it adds. Tokens of earlier workers stay counted. @throws
   * VisionError `claim-lost`
   */
  async endStep(name: ModelStepName, end: ModelStep, fields: AnnotationChanges = {}): Promise<void> {
    const { usage: earlier } = this.steps[name]
    const usage = end.usage && earlier ? addUsage(earlier, end.usage) : (end.usage ?? earlier)
    this.counts.end(name)
    await this.write(this.stepChanges(name, () => ({ ...end, ...(usage && { usage }) }), fields))
  }

  private async countAttempt(step: ModelStepName): Promise<undefined> {
    const isStored = !this.counts.begin(step)
    return isStored ? this.aheadWrite : this.write(this.stepChanges(step, (steps) => steps[step]))
  }

  /** @returns the same object if the counts are the same */
  private withCounts(steps: Steps): Steps {
    const changed = MODEL_STEPS.filter((name) => (steps[name].paidCalls ?? 0) !== this.counts.of(name))
    if (changed.length === 0) return steps
    const counted = changed.map((name) => {
      const { paidCalls: _, ...step } = steps[name]
      const paidCalls = this.counts.of(name)
      return [name, { ...step, ...(paidCalls > 0 && { paidCalls }) }] as const
    })
    return { ...steps, ...Object.fromEntries(counted) }
  }

  /** Only what is written counts as done, so the steps of the other writes are read when the write starts. */
  private stepChanges(
    name: ModelStepName,
    stepOf: (steps: Steps) => ModelStep,
    fields: AnnotationChanges = {},
  ): Build {
    return (before) => {
      const paidCalls = this.counts.of(name)
      const steps = { ...before, [name]: { ...stepOf(before), ...(paidCalls > 0 && { paidCalls }) } }
      return { changes: { ...fields, ...totals(steps) }, steps }
    }
  }

  /**
   * One write at a time: both steps write, and transactions that compete for one document are slow. What is
   * asked for while one runs is written together.
   */
  private async write(build: Build): Promise<undefined> {
    this.builds.push(build)
    this.nextWrite ??= this.lastWrite.then(async () => this.writeBuilds())
    this.lastWrite = this.nextWrite.catch(() => undefined)
    await this.nextWrite
  }

  private async writeBuilds(): Promise<void> {
    const { annotations, now } = this.services
    const { builds, waiting } = this
    this.nextWrite = undefined
    this.builds = []
    let [changes, steps] = [waiting, this.steps]
    for (const build of builds) {
      const built = build(steps)
      changes = { ...changes, ...built.changes }
      steps = built.steps ?? steps
    }
    const outcome = await annotations.update(this.photo, this.token, changes, now())
    if (outcome === 'written') {
      if (this.waiting === waiting) this.waiting = {}
      this.steps = steps
      return
    }
    this.isAbandoned = outcome === 'gone'
    const { imageId, generation } = this.photo
    const message = `Cannot write ${imageId}: generation ${generation} was taken over or deleted`
    throw new VisionError('claim-lost', message)
  }
}

/** Model and usage of the photo, over all steps. */
function totals(steps: Steps): AnnotationChanges {
  const { model, promptVersion } = MODEL_STEPS.map((name) => steps[name]).find((step) => step.model) ?? {}
  return {
    steps,
    usage: usageOf(steps),
    ...(model && { model: { ...model, promptVersion: promptVersion ?? '' } }),
  }
}

export function usageOf(steps: Steps): Usage {
  return MODEL_STEPS.reduce((sum, name) => addUsage(sum, steps[name].usage ?? NO_USAGE), NO_USAGE)
}
