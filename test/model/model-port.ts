import { FLEX_REQUEST_SECONDS } from '../../functions/src/config/time-limits.ts'
import { NO_USAGE } from '../../functions/src/document/usage.ts'
import type { VisionError } from '../../functions/src/errors.ts'
import { type Pacing, RETRY_POLICY, type Sent, withRetry } from '../../functions/src/model/retry.ts'
import { sendAtTier } from '../../functions/src/model/service-tier.ts'
import {
  type BillableAttempts,
  type ModelAnswer,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from '../../functions/src/ports/vision-model.ts'
import type { Mechanisms } from './mechanisms.ts'
import type { ModelStep } from './model-service.ts'
import type { Run } from './ports.ts'
import type { World } from './world.ts'

/** How often the service refuses a request at the tier flex. */
const SHED = 0.3

/** The adapter of the model service, with the retries of the real one in virtual time. */
export function modelPort(run: Run, world: World): VisionModel {
  const { scheduler, random, service, mechanisms } = world
  const pacing: Pacing = {
    sleep: (delayMs) => new Promise((resolve) => scheduler.after(delayMs, () => resolve(undefined))),
    random: () => random.next(),
  }
  return {
    provider: 'gemini-api',
    async generate(request, signal) {
      const step = stepOf(request)
      const attempt = async () => {
        if (signal?.aborted) throw abandoned()
        const answer = await run.worker.call('model', `ask to ${step}`, () =>
          service.answer(step, contentOf(request), run, world),
        )
        if (mechanisms.counts === 'after') await begin(request.attempts)
        if (run.worker.isInterrupted) throw abandoned()
        if (answer instanceof ModelFailure) throw answer
        return typeof answer === 'string' ? answerOf(request, answer) : answerOf(request, '', answer)
      }
      /** A wait of minutes, then a refusal or an answer. */
      const flexAttempt = async () => {
        await pacing.sleep(random.between(1000, FLEX_REQUEST_SECONDS * 1000))
        if (random.chance(SHED)) throw shed()
        return attempt()
      }
      const { timeLeftMs } = request
      const attempts = request.attempts && withMechanisms(request.attempts, mechanisms)
      const options = { signal, attempts, timeLeftMs, pacing }
      const sent = await sendAtTier<Sent<ModelAnswer>>(request, signal, {
        flex: async () => withRetry(flexAttempt, { ...RETRY_POLICY, attempts: 1 }, options),
        standard: async () => withRetry(attempt, RETRY_POLICY, options),
      })
      if ('failure' in sent) throw sent.failure
      return sent.value
    },
    stream: () => {
      throw new Error('The model check does not stream')
    },
  }
}

function withMechanisms(
  attempts: BillableAttempts,
  { counts, freeAttemptsAreReported }: Mechanisms,
): BillableAttempts {
  return {
    begin: async () => (counts === 'before' ? attempts.begin() : undefined),
    settle: (failure) => attempts.settle(freeAttemptsAreReported ? failure : undefined),
  }
}

async function begin(attempts: BillableAttempts | undefined): Promise<void> {
  const refusal = await attempts?.begin()
  if (refusal) throw refusal
}

/** The caller no longer waits for the response. */
function abandoned(): ModelFailure {
  const facts = { fault: 'transient', billing: 'unknown', scope: 'request' } as const
  return new ModelFailure('model-timeout', 'Nothing waits for the response', facts)
}

/** The service is too busy for the tier flex. */
function shed(): ModelFailure {
  const facts = { fault: 'overloaded', billing: 'free', scope: 'request' } as const
  return new ModelFailure('model-unavailable', 'Injected', facts)
}

function stepOf({ systemInstruction }: ModelRequest): ModelStep {
  return systemInstruction.startsWith('You describe') ? 'describe' : 'locate'
}

/** The id of the content that the request shows. */
function contentOf({ parts }: ModelRequest): string {
  for (const part of parts) if ('image' in part) return part.image.data.toString()
  throw new Error('The request shows no image')
}

function answerOf(request: ModelRequest, answer: string, failure?: VisionError): ModelAnswer {
  const { model } = request
  const usage = { ...NO_USAGE, totalTokens: 1, calls: 1 }
  const identity = { provider: 'gemini-api', requested: model, version: model } as const
  if (failure?.code === 'answer-unreadable')
    return { text: 'No JSON', truncated: false, model: identity, usage }
  const text = failure ? '' : stepOf(request) === 'describe' ? descriptionOf(answer) : objectsOf(answer)
  return { text, failure, truncated: false, model: identity, usage }
}

function descriptionOf(answer: string): string {
  const [caption] = answer.split('/')
  return JSON.stringify({ caption, altText: caption, labels: [], text: '' })
}

/** One to three objects, each labelled with the answer. */
function objectsOf(answer: string): string {
  const count = 1 + Number(answer.at(-1))
  const objects = Array.from({ length: count }, (_, index) => ({
    box_2d: [index * 300, 0, index * 300 + 200, 200],
    label: answer,
  }))
  return JSON.stringify(objects)
}
