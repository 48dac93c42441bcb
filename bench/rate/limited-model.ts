import { NO_USAGE } from '../../functions/src/document/usage.ts'
import { paceOf, requestPacers } from '../../functions/src/model/request-pacer.ts'
import { RETRY_POLICY, withRetry } from '../../functions/src/model/retry.ts'
import { ModelFailure, type VisionModel } from '../../functions/src/ports/vision-model.ts'
import type { Random } from '../../test/model/random.ts'
import type { Scheduler } from '../../test/model/scheduler.ts'
import { sleep, virtualClock, virtualPacing } from './virtual-time.ts'

const MINUTE_MS = 60_000
/** The default of MODEL_TIMEOUT_SECONDS. */
const TIMEOUT_MS = 60_000

export type LimitedService = {
  /** Accepted requests in any minute. */
  limit: number
  answerMs: number
  /** Whether a rejection says when to try again. */
  saysWhen: boolean
}

/** A model service that accepts a number of requests in each minute that slides, and answers 429 to others. */
export class LimitedModel {
  accepted = 0
  rejected = 0
  private readonly starts: number[] = []
  private readonly scheduler: Scheduler
  private readonly service: LimitedService

  constructor(scheduler: Scheduler, service: LimitedService) {
    this.scheduler = scheduler
    this.service = service
  }

  /** The port with the production retries and pace, in virtual time. @param requestsPerMinute 0: no pace */
  port(requestsPerMinute: number, random: Random): VisionModel {
    const { scheduler } = this
    const pacing = virtualPacing(scheduler, random)
    const pacerOf = requestPacers(requestsPerMinute, virtualClock(scheduler, random))
    return {
      provider: 'gemini-api',
      generate: async (request, signal) => {
        const isLocate = request.systemInstruction.startsWith('You find objects')
        const { attempts, timeLeftMs } = request
        const pace = paceOf(pacerOf(request.model), request, TIMEOUT_MS, signal)
        const options = { signal, pace, attempts, timeLeftMs, pacing }
        const sent = await withRetry(async () => this.answer(signal), RETRY_POLICY, options)
        if ('failure' in sent) throw sent.failure
        return {
          text: isLocate ? OBJECTS : DESCRIPTION,
          truncated: false,
          model: { provider: 'gemini-api', requested: request.model, version: request.model },
          usage: { ...NO_USAGE, calls: 1 },
        }
      },
      stream: () => {
        throw new Error('Photos are not streamed')
      },
    }
  }

  private async answer(signal: AbortSignal | undefined): Promise<void> {
    const { limit, answerMs, saysWhen } = this.service
    const { now } = this.scheduler
    while (this.starts.length > 0 && this.starts[0]! <= now - MINUTE_MS) this.starts.shift()
    if (this.starts.length >= limit) {
      this.rejected += 1
      const retryAfterMs = saysWhen ? this.starts[0]! + MINUTE_MS - now : undefined
      const facts = { fault: 'rate-limited', billing: 'free', scope: 'request' } as const
      throw new ModelFailure('model-rate-limited', 'The service answered 429', facts, { retryAfterMs })
    }
    this.accepted += 1
    this.starts.push(now)
    await sleep(this.scheduler, answerMs, signal)
  }
}

const DESCRIPTION = JSON.stringify({ caption: 'A shape.', altText: 'A shape.', labels: ['shape'], text: '' })
const OBJECTS = JSON.stringify([{ box_2d: [0, 0, 200, 200], label: 'shape' }])
