import type { Status } from './annotations/annotation.ts'
import type { Config } from './config.ts'
import { asVisionError, VisionError } from './errors.ts'
import { type Asked, ask } from './gemini/ask.ts'
import { addUsage, NO_USAGE } from './gemini/usage.ts'
import type { PreparedImage } from './image/prepare.ts'
import type { Services } from './services.ts'
import type { AnnotationChanges } from './stores/annotation-store.ts'
import {
  DESCRIBE_PROMPT_VERSION,
  type Description,
  describeRequest,
  readDescription,
} from './tasks/describe.ts'
import { LOCATE_PROMPT_VERSION, type Located, locateRequest, readLocation } from './tasks/locate.ts'
import { storedError, type Work } from './work.ts'

export type ModelAnswers = { status: Status; error: VisionError | undefined; located: Located | undefined }

/**
 * Asks *describe* and *locate* side by side. Each is a checkpoint of its own: what one has found stays when the other fails.
 * @throws VisionError `model-*` that may heal, so that the event comes again for the step that is missing
 */
export async function askModel(
  image: PreparedImage,
  work: Work,
  services: Services,
  config: Config,
): Promise<ModelAnswers> {
  const [described, located] = await Promise.allSettled([
    work.timed('describe', () => describe(image, work, services, config)),
    work.timed('locate', () => locate(image, work, services, config)),
  ])
  const failures: VisionError[] = []
  for (const settled of [described, located]) {
    if (settled.status === 'rejected') failures.push(permanentFailure(settled.reason))
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
  return failures.some((failure) => failure.blocked) ? 'blocked' : 'failed'
}

/** @throws whatever another delivery may mend, and whatever is a bug */
function permanentFailure(error: unknown): VisionError {
  const failure = asVisionError(error)
  if (!failure || failure.retryable || failure.code === 'claim-lost') throw error
  return failure
}

async function describe(
  image: PreparedImage,
  work: Work,
  services: Services,
  config: Config,
): Promise<VisionError | undefined> {
  // Done by an earlier delivery: its answer stands on the document and is not paid again.
  if (work.steps.describe.state === 'succeeded') return undefined
  const request = describeRequest(image, config.describeModel)
  const asked = await runStep(
    'describe',
    DESCRIBE_PROMPT_VERSION,
    work,
    (): Promise<Asked<Description>> => ask(services.model, request, readDescription),
    (value) => value,
  )
  return asked instanceof VisionError ? asked : undefined
}

async function locate(
  image: PreparedImage,
  work: Work,
  services: Services,
  config: Config,
): Promise<Located | VisionError> {
  const request = locateRequest(image, config.locateModel)
  const read = () => ask(services.model, request, (answer) => readLocation(answer, config.maxObjects))
  return runStep('locate', LOCATE_PROMPT_VERSION, work, read, () => ({}))
}

/** Runs one step and writes on the document how it ended; `fields` says what else of its answer belongs there. */
async function runStep<T>(
  name: 'describe' | 'locate',
  promptVersion: string,
  work: Work,
  run: () => Promise<Asked<T>>,
  fields: (value: T) => AnnotationChanges,
): Promise<T | VisionError> {
  let asked: Asked<T>
  try {
    asked = await run()
  } catch (error) {
    const failure = asVisionError(error)
    if (failure) {
      work.steps[name] = { state: failure.retryable ? 'pending' : 'failed', error: storedError(failure) }
      await work.checkpoint({ steps: structuredClone(work.steps) })
    }
    throw error
  }
  const { model, usage } = asked
  const failure = 'failure' in asked ? asked.failure : undefined
  work.steps[name] = {
    state: failure ? 'failed' : 'succeeded',
    model,
    usage,
    promptVersion,
    ...(failure && { error: storedError(failure) }),
  }
  await work.checkpoint({ ...('value' in asked && fields(asked.value)), ...accounts(work) })
  return 'value' in asked ? asked.value : asked.failure
}

/** Who answered and what it took, over both steps. */
function accounts({ steps }: Work): AnnotationChanges {
  const { model, promptVersion } = steps.describe.model ? steps.describe : steps.locate
  const usage = addUsage(steps.describe.usage ?? NO_USAGE, steps.locate.usage ?? NO_USAGE)
  return {
    steps: structuredClone(steps),
    usage,
    ...(model && { model: { ...model, promptVersion: promptVersion ?? '' } }),
  }
}
