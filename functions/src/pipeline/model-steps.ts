import type { AnswerState } from '../answers/answer-json.ts'
import { askedObjects, type Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { RESERVED_WAIT_MS } from '../config/time-limits.ts'
import { type LiveStatus, MODEL_STEPS, type ModelStepName, storedError } from '../document/annotation.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { type Asked, ask, type Question } from '../model/ask.ts'
import type { AnnotationChanges } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts, ModelRequest } from '../ports/vision-model.ts'
import { estimateStep } from '../quota/estimate-upload.ts'
import { Meter, spend } from '../quota/spend.ts'
import { DESCRIBE_PROMPT_VERSION, describeRequest, readDescription } from '../tasks/describe.ts'
import { masksNotAsked, readLocations } from '../tasks/locate/join-locations.ts'
import type { AnswerText, Located } from '../tasks/locate/read-location.ts'
import { LOCATE_PROMPT_VERSION, locateBoxesRequest, locateRequest } from '../tasks/locate/request.ts'
import type { AnnotationRun } from './annotation-run.ts'
import { type StepEnd, statusAfterSteps, stepEndOf } from './run-outcomes.ts'
import { needOf, type StepOutputLimit, stepOutputLimit } from './step-tokens.ts'
import { loadAnswers, saveAnswers } from './stored-answer.ts'

/** The results of the model steps. `status` and `error` are final, unless a later stage fails. */
export type ModelResults = {
  status: LiveStatus
  error: VisionError | undefined
  located: Located | undefined
}

type StepResult<R> = { value: R } | { failure: VisionError; run: StepEnd['run'] }

/** What the steps of one photo share. */
type Context = {
  image: PreparedImage
  run: AnnotationRun
  meter: Meter
  outputLimit: StepOutputLimit
  services: Services
  config: Config
}

/**
 * Runs *describe* and *locate* in parallel, after their estimate was reserved. Each is a checkpoint of its
 * own: its result stays when the other step fails, and a step that has ended is not sent again.
 * @throws VisionError a failure that ends the run (`run-outcomes.ts`); and as `QuotaStore.reserve`
 */
export async function askModel(
  image: PreparedImage,
  run: AnnotationRun,
  services: Services,
  config: Config,
): Promise<ModelResults> {
  const { photo, document, timings, limits } = run
  const { locate: earlier } = document.steps
  const wasLocated = earlier.state === 'succeeded'
  const stored = wasLocated ? await loadAnswers(photo, earlier.answerId, services) : undefined
  const runSteps = async (meter: Meter, outputLimit: StepOutputLimit) => {
    const context = { image, run, meter, outputLimit, services, config }
    return Promise.allSettled([
      timings.measure('describe', () => describe(context)),
      timings.measure('locate', () => locate(context, stored)),
    ])
  }
  const missing = MODEL_STEPS.filter(
    (name) => document.steps[name].state === 'pending' || (name === 'locate' && wasLocated && !stored),
  )
  const need = needOf(missing, image, config)
  const spender = {
    uid: photo.owner,
    kind: 'upload',
    account: run.admission.account,
    reservationMs: limits.reservationMs,
  } as const
  const [described, located] =
    missing.length === 0
      ? await runSteps(new Meter(), () => 0)
      : await spend(
          spender,
          need,
          services,
          config,
          async (meter, granted) => runSteps(meter, stepOutputLimit(granted, need, image, config)),
          { waitMs: RESERVED_WAIT_MS, signal: run.deadline },
        )
  const failures = [described, located].flatMap((settled) => failureOf(settled, run) ?? [])
  return {
    status: statusAfterSteps(failures),
    error: failures.find((failure) => failure.blocked) ?? failures[0],
    located: located.status === 'fulfilled' && 'value' in located.value ? located.value.value : undefined,
  }
}

/**
 * The failure of a step with which the run continues. @throws the failure if it ends the run, and any other
 * error
 */
function failureOf(
  settled: PromiseSettledResult<StepResult<unknown>>,
  { redelivery }: AnnotationRun,
): VisionError | undefined {
  let failure: VisionError | undefined
  let end: StepEnd['run'] = 'continues'
  if (settled.status === 'rejected') {
    failure = asVisionError(settled.reason)
    if (!failure) throw settled.reason
    end = stepEndOf(failure).run
  } else if ('failure' in settled.value) {
    failure = settled.value.failure
    end = settled.value.run
  }
  if (end === 'ends' || (end === 'ends-unless-awaited' && redelivery !== 'caller')) throw failure
  return failure
}

async function describe(context: Context): Promise<StepResult<undefined>> {
  const { image, run, config } = context
  const { describe: earlier } = run.document.steps
  if (earlier.state === 'succeeded') return { value: undefined }
  if (earlier.state === 'failed') return earlierFailure(earlier.error?.code)
  return runStep('describe', DESCRIBE_PROMPT_VERSION, context, {
    question: {
      request: describeRequest(image, taskModel(config, 'describe')),
      read: (answers) => readDescription(answers.at(-1)!),
    },
    store: async ({ value }) => ({ fields: value.description, result: undefined, state: value.state }),
  })
}

/** @param stored answers of an earlier delivery, which are not requested again */
async function locate(context: Context, stored: AnswerText[] | undefined): Promise<StepResult<Located>> {
  const { image, run, services, config } = context
  const { locate: earlier } = run.document.steps
  if (earlier.state === 'failed') return earlierFailure(earlier.error?.code)
  const read = (answers: readonly AnswerText[]) => readObjects(answers, config)
  if (stored) return { value: read(stored) }
  const model = taskModel(config, 'locate')
  const maxObjects = askedObjects(config)
  return runStep('locate', LOCATE_PROMPT_VERSION, context, {
    question: {
      request: locateRequest(image, model, { maxObjects, maskPoints: config.maskPoints }),
      again: locateBoxesRequest(image, model, { maxObjects }),
      read,
      isPartial: ({ state }) => state === 'salvaged',
    },
    store: async ({ value, answers }) => {
      const answerId = await saveAnswers(answers, run.photo, services)
      return { fields: {}, result: value, state: value.state, answerId }
    },
  })
}

/** Boxes without masks are no loss if MASK_POINTS is 0. */
function readObjects(answers: readonly AnswerText[], { maxObjects, maskPoints }: Config): Located {
  const located = readLocations(answers, maxObjects)
  return maskPoints === 0 ? masksNotAsked(located) : located
}

function earlierFailure(code: VisionError['code'] | undefined): StepResult<never> {
  const failure = new VisionError(code ?? 'answer-empty', 'The step failed in an earlier delivery')
  return { failure, run: 'continues' }
}

type Answered<T> = Extract<Asked<T>, { value: T }>

type Step<T, R> = {
  question: Question<T>
  /** Stores the answer, before the step counts as done. */
  store: (asked: Answered<T>) => Promise<{
    fields: AnnotationChanges
    result: R
    state?: AnswerState
    answerId?: string
  }>
}

/** Runs one step and writes on the document how it ended. */
async function runStep<T, R>(
  name: ModelStepName,
  promptVersion: string,
  { image, run, meter, outputLimit, services, config }: Context,
  { question, store }: Step<T, R>,
): Promise<StepResult<R>> {
  const { document, photo, deadline, modelTimeLeftMs, serviceTier, timings } = run
  const attempts: BillableAttempts = {
    ...document.attemptsOf(name, meter, estimateStep(name, image, config)),
    waited: (ms) => timings.waited(name, ms),
  }
  const complete = (request: ModelRequest): ModelRequest => ({
    ...request,
    owner: photo.owner,
    attempts,
    timeLeftMs: modelTimeLeftMs,
    ...(serviceTier && { serviceTier }),
  })
  const { request, again } = question
  const asked = await ask(
    services.model,
    {
      ...question,
      request: complete(request),
      ...(again && { again: complete(again) }),
      outputLimit: (used) => outputLimit(name, used),
    },
    deadline,
  ).catch((error: unknown) => {
    const failure = asVisionError(error)
    if (!failure) throw error
    return { failure }
  })
  const answered = 'usage' in asked && { model: asked.model, usage: asked.usage, promptVersion }
  if (answered) meter.add(answered.usage)
  if ('failure' in asked) {
    const { failure } = asked
    const { state, run: end } = stepEndOf(failure)
    if (state !== 'unwritten')
      await document.endStep(name, { state, ...answered, error: storedError(failure) })
    return { failure, run: end }
  }
  const { fields, result, state: answer, answerId } = await store(asked)
  const kept = { ...(answer && { answer }), ...(answerId && { answerId }) }
  await document.endStep(name, { state: 'succeeded', ...answered, ...kept }, fields)
  return { value: result }
}
