import type { Config } from '../config/config.ts'
import { type ModelStep, type ModelStepName, storedError } from '../document/annotation.ts'
import { asVisionError, VisionError } from '../errors.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { type Asked, ask, type Question } from '../model/ask.ts'
import type { AnnotationChanges } from '../ports/annotation-store.ts'
import type { Services } from '../ports/services.ts'
import type { BillableAttempts, ModelRequest } from '../ports/vision-model.ts'
import { estimateStep } from '../quota/estimate-upload.ts'
import type { Meter } from '../quota/spend.ts'
import type { AnnotationRun } from './annotation-run.ts'
import { type StepEnd, stepEndOf } from './run-outcomes.ts'
import type { StepOutputLimit } from './step-tokens.ts'

/** `value`: of a step that has a usable answer. */
export type StepResult<R> = { value: R } | { failure: VisionError; run: StepEnd['run'] }

/** What the steps of one photo share. */
export type Context = {
  image: PreparedImage
  run: AnnotationRun
  meter: Meter
  outputLimit: StepOutputLimit
  services: Services
  config: Config
}

export function earlierFailure(code: VisionError['code'] | undefined): StepResult<never> {
  const failure = new VisionError(code ?? 'answer-empty', 'The step failed in an earlier delivery')
  return { failure, run: 'continues' }
}

type Answered<T> = Pick<Extract<Asked<T>, { value: T }>, 'value' | 'answers'> & {
  /**
   * Writes that the step has succeeded, after its answer is stored, with the fields that it adds to the
   * document. @throws VisionError `claim-lost`
   */
  end: (facts: Pick<ModelStep, 'answer' | 'answerId'>, fields?: AnnotationChanges) => Promise<void>
}

/** Asks the model for one step. If there is no usable answer, writes on the document how the step ended. */
export async function askStep<T>(
  name: ModelStepName,
  promptVersion: string,
  { image, run, meter, outputLimit, services, config }: Context,
  question: Question<T>,
): Promise<StepResult<Answered<T>>> {
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
  const { value, answers } = asked
  const end: Answered<T>['end'] = async (facts, fields) =>
    document.endStep(name, { state: 'succeeded', ...answered, ...facts }, fields)
  return { value: { value, answers, end } }
}
