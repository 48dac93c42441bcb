import type { AnswerState } from '../answers/answer-json.ts'
import type { Config } from '../config/config.ts'
import type { Status, Steps } from '../document/annotation.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { type Asked, ask } from '../model/ask.ts'
import type { AnnotationChanges } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts, ModelAnswer, ModelRequest } from '../ports/vision-model.ts'
import { estimateStep } from '../quota/estimate-upload.ts'
import { isOutOfService } from '../quota/refusal.ts'
import { Meter, spend } from '../quota/spend.ts'
import { DESCRIBE_PROMPT_VERSION, describeRequest, readDescription } from '../tasks/describe.ts'
import { readLocations } from '../tasks/locate/join-locations.ts'
import type { AnswerText, Located } from '../tasks/locate/read-location.ts'
import { LOCATE_PROMPT_VERSION, locateBoxesRequest, locateRequest } from '../tasks/locate/request.ts'
import { type AnnotationRun, storedError } from './annotation-run.ts'
import type { ModelStepName } from './billable-attempts.ts'
import { loadAnswers, saveAnswers } from './stored-answer.ts'

/** What the model made of a photo: `status` and `error` as they belong on the document. */
export type ModelAnswers = { status: Status; error: VisionError | undefined; located: Located | undefined }

/**
 * Asks *describe* and *locate* side by side, after their estimate was reserved. Each is a checkpoint of its own: what one has found
 * stays when the other fails, and a step that has ended, well or badly, is not paid again.
 * @throws VisionError `model-*` that may heal, so that the event comes again for the step that is missing; and as `QuotaStore.reserve`
 */
export async function askModel(
  image: PreparedImage,
  work: AnnotationRun,
  services: Services,
  config: Config,
): Promise<ModelAnswers> {
  const stored =
    work.steps.locate.state === 'succeeded'
      ? await loadAnswers(work.photo, work.steps.locate.answerId, services)
      : undefined
  const run = async (meter: Meter) =>
    Promise.allSettled([
      work.timed('describe', () => describe(image, work, meter, services, config)),
      work.timed('locate', () => locate(image, stored, work, meter, services, config)),
    ])
  const estimate = estimateMissing(work.steps, stored !== undefined, image, config)
  const spender = { uid: work.photo.owner, kind: 'upload' } as const
  const [described, located] =
    estimate === 0 ? await run(new Meter()) : await spend(spender, estimate, services, config, run)
  const failures: VisionError[] = []
  for (const settled of [described, located]) {
    if (settled.status === 'rejected') failures.push(permanentFailure(settled.reason, work))
    else if (settled.value instanceof VisionError) failures.push(settled.value)
  }
  const found =
    located.status === 'fulfilled' && !(located.value instanceof VisionError) ? located.value : undefined
  return {
    status: statusOf(failures),
    error: failures.find((failure) => failure.blocked) ?? failures[0],
    located: found,
  }
}

function statusOf(failures: VisionError[]): Status {
  if (failures.length === 0) return 'succeeded'
  if (failures.length === 1) return 'partial'
  if (failures.some((failure) => failure.blocked)) return 'blocked'
  return failures.every((failure) => failure.code === 'model-refused-image') ? 'rejected' : 'failed'
}

/** @throws whatever another delivery may mend, and whatever is a bug */
function permanentFailure(error: unknown, { isAwaited }: AnnotationRun): VisionError {
  const failure = asVisionError(error)
  if (!failure || failure.code === 'claim-lost' || isOutOfService(failure)) throw error
  if (failure.retryable && !isAwaited) throw error
  return failure
}

/** Tokens of the steps that are still to be asked. */
function estimateMissing(
  { describe: described, locate: located }: Steps,
  answersStored: boolean,
  image: PreparedImage,
  config: Config,
): number {
  const locateAgain = located.state === 'succeeded' && !answersStored
  return (
    (described.state === 'pending' ? estimateStep('describe', image, config) : 0) +
    (located.state === 'pending' || locateAgain ? estimateStep('locate', image, config) : 0)
  )
}

async function describe(
  image: PreparedImage,
  work: AnnotationRun,
  meter: Meter,
  { model }: Services,
  config: Config,
): Promise<VisionError | undefined> {
  const { describe: earlier } = work.steps
  if (earlier.state === 'succeeded') return undefined
  if (earlier.state === 'failed') return earlierFailure(earlier.error?.code)
  const estimatedTokens = estimateStep('describe', image, config)
  const attempts = work.attemptsOf('describe', meter, estimatedTokens)
  const request = forPhoto(describeRequest(image, config.describeModel), attempts, work)
  const question = { request, read: (answers: readonly ModelAnswer[]) => readDescription(answers.at(-1)!) }
  return runStep('describe', DESCRIBE_PROMPT_VERSION, work, meter, {
    run: () => ask(model, question, work.deadline),
    store: async ({ value }) => ({ fields: value.description, result: undefined, state: value.state }),
  })
}

async function locate(
  image: PreparedImage,
  stored: AnswerText[] | undefined,
  work: AnnotationRun,
  meter: Meter,
  services: Services,
  config: Config,
): Promise<Located | VisionError> {
  const { locate: earlier } = work.steps
  if (earlier.state === 'failed') return earlierFailure(earlier.error?.code)
  if (stored) return readLocations(stored, config.maxObjects)
  const estimatedTokens = estimateStep('locate', image, config)
  const attempts = work.attemptsOf('locate', meter, estimatedTokens)
  const question = {
    request: forPhoto(locateRequest(image, config.locateModel), attempts, work),
    again: forPhoto(locateBoxesRequest(image, config.locateModel), attempts, work),
    read: (answers: readonly ModelAnswer[]) => readLocations(answers, config.maxObjects),
    isPartial: ({ state }: Located) => state === 'salvaged',
  }
  return runStep('locate', LOCATE_PROMPT_VERSION, work, meter, {
    run: () => ask(services.model, question, work.deadline),
    store: async ({ value, answers }) => {
      const answerId = await saveAnswers(answers, work.photo, services)
      return { fields: {}, result: value, state: value.state, answerId }
    },
  })
}

function forPhoto(request: ModelRequest, attempts: BillableAttempts, work: AnnotationRun): ModelRequest {
  return { ...request, owner: work.photo.owner, attempts, timeLeftMs: () => work.modelTimeLeftMs }
}

function earlierFailure(code: VisionError['code'] | undefined): VisionError {
  return new VisionError(code ?? 'answer-empty', 'The step failed for good in an earlier delivery')
}

type Answered<T> = Extract<Asked<T>, { value: T }>

/** Runs one step and writes on the document how it ended. `store` keeps the answer before the step counts as done. */
async function runStep<T, R>(
  name: ModelStepName,
  promptVersion: string,
  work: AnnotationRun,
  meter: Meter,
  {
    run,
    store,
  }: {
    run: () => Promise<Asked<T>>
    store: (asked: Answered<T>) => Promise<{
      fields: AnnotationChanges
      result: R
      state?: AnswerState
      answerId?: string
    }>
  },
): Promise<R | VisionError> {
  let asked: Asked<T>
  try {
    asked = await run()
  } catch (error) {
    const failure = asVisionError(error)
    if (failure) {
      // A worker that has lost its claim has nothing to write.
      if (failure.code === 'claim-lost') throw failure
      const givenUp = failure.code === 'gave-up' || !(failure.retryable || isOutOfService(failure))
      const state = givenUp ? 'failed' : 'pending'
      await work.endStep(name, { state, error: storedError(failure) })
      if (failure.code === 'gave-up') return failure
    }
    throw error
  }
  const { model, usage } = asked
  meter.add(usage)
  const about = { model, usage, promptVersion }
  if ('failure' in asked) {
    const { failure } = asked
    // What failed after an answer that cannot be read was the second request: as if the first had, but for what was paid.
    const isAnswers = failure.code.startsWith('answer-') || failure.code === 'gave-up'
    const heals = failure.retryable && !isAnswers
    const state = heals ? 'pending' : 'failed'
    await work.endStep(name, { state, ...about, error: storedError(failure) })
    if (heals) throw failure
    return failure
  }
  const { fields, result, state: answer, answerId } = await store(asked)
  const kept = { ...(answer && { answer }), ...(answerId && { answerId }) }
  await work.endStep(name, { state: 'succeeded', ...about, ...kept }, fields)
  return result
}
