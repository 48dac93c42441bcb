import { type ErrorCode, VisionError } from '../../functions/src/errors.ts'
import { type FailureFacts, ModelFailure } from '../../functions/src/ports/vision-model.ts'
import type { Run } from './ports.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { World } from './world.ts'

export type ModelStep = 'describe' | 'locate'

/** How likely a request fails with each code. A `timeout` may be billed. */
export type ModelFaults = {
  unavailable: number
  timeout: number
  unreadable: number
  exhausted: number
  misconfigured: number
  /** The quota of the user refuses the reservation, before any request. */
  refused: number
}

export type ModelOutage = { from: number; to: number; kind: 'unavailable' | 'timeout' }

/** The model service, with a record of what it billed. */
export class ModelService {
  /** Billed requests, by `{beginning of the generation}/{step}`. */
  readonly billed = new Map<string, number>()
  faultFree = false
  private readonly scheduler: Scheduler
  private readonly random: Random
  private readonly faults: ModelFaults
  private readonly outage: ModelOutage

  constructor(scheduler: Scheduler, random: Random, faults: ModelFaults, outage: ModelOutage) {
    this.scheduler = scheduler
    this.random = random
    this.faults = faults
    this.outage = outage
  }

  /** @throws VisionError `tokens-exceeded` */
  reserve(): void {
    if (this.faultFree || !this.random.chance(this.faults.refused)) return
    throw failureOf('tokens-exceeded', this.random.wait(60_000, 14_400_000))
  }

  /** @returns `{id of the content}/{number of the answer}`: the model may answer differently each time */
  answer(
    step: ModelStep,
    contentId: string,
    { number, generation }: Run,
    world: World,
  ): string | VisionError {
    const failure = this.failure(step, contentId, world)
    const key = `${number}/${step}`
    const isBilled = !failure || (!isFree(failure) && this.random.chance(0.5))
    const billed = (this.billed.get(key) ?? 0) + (isBilled ? 1 : 0)
    this.billed.set(key, billed)
    world.violations.afterRequest(world, contentId, generation, billed)
    return failure ?? `${contentId}/${this.random.below(3)}`
  }

  private failure(step: ModelStep, contentId: string, world: World): VisionError | undefined {
    if (step === 'describe' && world.isBlocked(contentId)) return failureOf('blocked-safety')
    if (this.faultFree) return undefined
    const { now } = this.scheduler
    if (now >= this.outage.from && now < this.outage.to) return failureOf(`model-${this.outage.kind}`)
    const { unavailable, timeout, unreadable, exhausted, misconfigured } = this.faults
    let roll = this.random.next()
    if ((roll -= unavailable) < 0) return failureOf('model-unavailable')
    if ((roll -= timeout) < 0) return failureOf('model-timeout')
    if ((roll -= unreadable) < 0) return failureOf('answer-unreadable')
    if ((roll -= exhausted) < 0) return failureOf('model-day-limit', this.random.wait(600_000, 14_400_000))
    if ((roll -= misconfigured) < 0) return failureOf('model-misconfigured')
    return undefined
  }
}

const FACTS: Partial<Record<ErrorCode, FailureFacts>> = {
  'model-unavailable': { fault: 'overloaded', billing: 'free', scope: 'request' },
  'model-timeout': { fault: 'transient', billing: 'unknown', scope: 'request' },
  'model-day-limit': { fault: 'final', billing: 'free', scope: 'model' },
  'model-misconfigured': { fault: 'final', billing: 'free', scope: 'provider' },
}

function failureOf(code: ErrorCode, retryAfterMs?: number): VisionError {
  const facts = FACTS[code]
  if (facts) return new ModelFailure(code, 'Injected', facts, { retryAfterMs })
  return new VisionError(code, 'Injected', { retryAfterMs })
}

/** The service answered with an error status, which it does not bill. */
function isFree(failure: VisionError): boolean {
  return failure instanceof ModelFailure && failure.billing === 'free'
}
