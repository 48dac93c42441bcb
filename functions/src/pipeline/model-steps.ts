import { askedObjects, type Config } from '../config/config.ts'
import { taskModel } from '../config/task-model.ts'
import { RESERVED_WAIT_MS } from '../config/time-limits.ts'
import { type Annotation, type LiveStatus, MODEL_STEPS } from '../document/annotation.ts'
import type { Size } from '../document/box.ts'
import { asVisionError, type VisionError } from '../errors.ts'
import type { PreparedImage } from '../image/prepare.ts'
import type { Services } from '../ports/services.ts'
import { Meter, spendAndSettleLater } from '../quota/spend.ts'
import { DESCRIBE_PROMPT_VERSION, describeRequest, readDescription } from '../tasks/describe.ts'
import { masksNotAsked, readLocations } from '../tasks/locate/join-locations.ts'
import type { AnswerText, Located } from '../tasks/locate/read-location.ts'
import { LOCATE_PROMPT_VERSION, locateBoxesRequest, locateRequest } from '../tasks/locate/request.ts'
import type { AnnotationRun } from './annotation-run.ts'
import { askStep, type Context, earlierFailure, type StepResult } from './ask-step.ts'
import { type StepEnd, statusAfterSteps, stepEndOf } from './run-outcomes.ts'
import { needOf, type StepOutputLimit, stepOutputLimit } from './step-tokens.ts'
import { loadAnswers, saveAnswers } from './stored-answer.ts'

/** Draws and stores the results, as `makeResults`. */
export type Draw = (
  located: { objects: Located; answerId: string } | undefined,
) => Promise<Partial<Annotation>>

/** The results of the model steps. `status` and `error` are final, unless a later stage fails. */
export type ModelResults = {
  status: LiveStatus
  error: VisionError | undefined
  /** The fields that refer to the stored results. Without `objects`, the locate step has failed. */
  results: Partial<Annotation>
}

type Picture = {
  copying: Promise<PreparedImage>
  /** Of the copy. */
  size: Size
  draw: Draw
}

/**
 * Runs *describe* and *locate* in parallel, after their estimate was reserved. Each is a checkpoint of its
 * own: its result stays when the other step fails, and a step that has ended is not sent again.
 * @throws VisionError a failure that ends the run (`run-outcomes.ts`); and as `QuotaStore.reserve`
 */
export async function askModel(
  { copying, size, draw }: Picture,
  run: AnnotationRun,
  services: Services,
  config: Config,
): Promise<ModelResults> {
  const { photo, document, timings, limits } = run
  const { locate: earlier } = document.steps
  const wasLocated = earlier.state === 'succeeded'
  const stored = wasLocated ? await loadAnswers(photo, earlier.answerId, services) : undefined
  const missing = MODEL_STEPS.filter(
    (name) => document.steps[name].state === 'pending' || (name === 'locate' && wasLocated && !stored),
  )
  const runSteps = async (meter: Meter, outputLimit: StepOutputLimit) => {
    if (missing.length > 0) document.countAhead(missing)
    const context = { image: await copying, run, meter, outputLimit, services, config }
    return Promise.allSettled([
      timings.measure('describe', () => describe(context)),
      timings.measure('locate', () => locate(context, draw, stored)),
    ])
  }
  const need = needOf(missing, size, config)
  const spender = {
    uid: photo.owner,
    kind: 'upload',
    account: run.admission.account,
    reservationMs: limits.reservationMs,
  } as const
  if (missing.length === 0) return toResults(await runSteps(new Meter(), () => 0), draw, run)
  const { value, settled } = await spendAndSettleLater(
    spender,
    need,
    services,
    config,
    async (meter, granted) => runSteps(meter, stepOutputLimit(granted, need, size, config)),
    { waitMs: RESERVED_WAIT_MS, signal: AbortSignal.any([run.deadline, failureOfCopy(copying)]) },
  )
  run.settled = settled
  return toResults(value, draw, run)
}

/** Aborted when the copy cannot be made, with its error: then no tokens are needed. */
function failureOfCopy(copying: Promise<PreparedImage>): AbortSignal {
  const controller = new AbortController()
  copying.catch((error: unknown) => controller.abort(error))
  return controller.signal
}

type Ended<R> = PromiseSettledResult<StepResult<R>>

/** Waits until the answer and the results of *locate* are stored. @throws as `askModel` */
async function toResults(
  [described, located]: [Ended<undefined>, Ended<LocateEnd>],
  draw: Draw,
  run: AnnotationRun,
): Promise<ModelResults> {
  const end = located.status === 'fulfilled' && 'value' in located.value ? located.value.value : undefined
  const [ended, drawn] = (await end) ?? []
  const failures = [described, ended?.status === 'rejected' ? ended : located].flatMap(
    (settled) => failureOf(settled, run) ?? [],
  )
  if (drawn?.status === 'rejected') throw drawn.reason
  return {
    status: statusAfterSteps(failures),
    error: failures.find((failure) => failure.blocked) ?? failures[0],
    results: ended?.status === 'fulfilled' && drawn ? drawn.value : await draw(undefined),
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
  const asked = await askStep('describe', DESCRIBE_PROMPT_VERSION, context, {
    request: describeRequest(image, taskModel(config, 'describe')),
    read: (answers) => readDescription(answers.at(-1)!),
  })
  if ('failure' in asked) return asked
  const { value, end } = asked.value
  await end({ answer: value.state }, value.description)
  return { value: undefined }
}

/** How storing the answer and the end of *locate* has ended, and how drawing and storing its results. */
type LocateEnd = Promise<[PromiseSettledResult<void>, PromiseSettledResult<Partial<Annotation>>]>

/**
 * The results are drawn and stored while the answer is stored. They have the folder of the answer, and no
 * document refers to them before both are stored.
 * @param stored answers of an earlier delivery, which are not requested again
 */
async function locate(
  context: Context,
  draw: Draw,
  stored: AnswerText[] | undefined,
): Promise<StepResult<LocateEnd>> {
  const { image, run, services, config } = context
  const { locate: earlier } = run.document.steps
  if (earlier.state === 'failed') return earlierFailure(earlier.error?.code)
  const read = (answers: readonly AnswerText[]) => readObjects(answers, config)
  if (stored) {
    const located = { objects: read(stored), answerId: earlier.answerId! }
    return { value: Promise.allSettled([Promise.resolve(), draw(located)]) }
  }
  const model = taskModel(config, 'locate')
  const maxObjects = askedObjects(config)
  const asked = await askStep('locate', LOCATE_PROMPT_VERSION, context, {
    request: locateRequest(image, model, { maxObjects, maskPoints: config.maskPoints }),
    again: locateBoxesRequest(image, model, { maxObjects }),
    read,
    isPartial: ({ state }) => state === 'salvaged',
  })
  if ('failure' in asked) return asked
  const { value: objects, answers, end } = asked.value
  const answerId = services.newToken()
  const store = async () => {
    await saveAnswers(answers, run.photo, answerId, services)
    await end({ answer: objects.state, answerId })
  }
  return { value: Promise.allSettled([store(), draw({ objects, answerId })]) }
}

/** Boxes without masks are no loss if MASK_POINTS is 0. */
function readObjects(answers: readonly AnswerText[], { maxObjects, maskPoints }: Config): Located {
  const located = readLocations(answers, maxObjects)
  return maskPoints === 0 ? masksNotAsked(located) : located
}
