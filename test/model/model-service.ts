import type { Agenda } from './agenda.ts'
import { Failure } from './flow.ts'
import type { Work } from './protocol/work.ts'
import type { Random } from './random.ts'
import type { Content, World } from './world.ts'

/** How likely a request ends so. `timeout` may have been paid. */
export type ModelFaults = {
  unavailable: number
  timeout: number
  unreadable: number
  exhausted: number
  misconfigured: number
  /** Our own allowance says no, before anything is asked. */
  refused: number
}

export type ModelOutage = { from: number; to: number; kind: 'unavailable' | 'timeout' }

/** The model, and what it has charged. */
export class ModelService {
  /** Charged requests, by the run of the generation and the step. */
  readonly paid = new Map<string, number>()
  calm = false
  private readonly agenda: Agenda
  private readonly random: Random
  private readonly faults: ModelFaults
  private readonly outage: ModelOutage

  constructor(agenda: Agenda, random: Random, faults: ModelFaults, outage: ModelOutage) {
    this.agenda = agenda
    this.random = random
    this.faults = faults
    this.outage = outage
  }

  reserve(): void {
    if (this.calm || !this.random.chance(this.faults.refused)) return
    throw new Failure('tokens-exceeded', { retryAfterMs: this.random.wait(60_000, 14_400_000) })
  }

  /** An answer names what it was made of, and which of the answers it is that the model may give. */
  answer(step: 'describe' | 'locate', content: Content, work: Work, world: World): string | Failure {
    const failure = this.failure(content, step)
    const key = `${work.run}/${step}`
    const charged = (this.paid.get(key) ?? 0) + (failure && (failure.free || this.random.chance(0.5)) ? 0 : 1)
    this.paid.set(key, charged)
    world.violations.afterRequest(world, content, work.photo.generation, charged)
    return failure ?? `${content.id}/${this.random.below(3)}`
  }

  private failure(content: Content, step: string): Failure | undefined {
    if (content.kind === 'blocked' && step === 'describe') return new Failure('blocked-safety')
    if (this.calm) return undefined
    const { now } = this.agenda
    if (now >= this.outage.from && now < this.outage.to) {
      return this.outage.kind === 'timeout' ? new Failure('model-timeout') : UNAVAILABLE
    }
    const { unavailable, timeout, unreadable, exhausted, misconfigured } = this.faults
    let roll = this.random.next()
    if ((roll -= unavailable) < 0) return UNAVAILABLE
    if ((roll -= timeout) < 0) return new Failure('model-timeout')
    if ((roll -= unreadable) < 0) return new Failure('answer-unreadable')
    if ((roll -= exhausted) < 0) {
      return new Failure('model-day-limit', {
        retryAfterMs: this.random.wait(600_000, 14_400_000),
      })
    }
    if ((roll -= misconfigured) < 0) return new Failure('model-misconfigured')
    return undefined
  }
}

const UNAVAILABLE = new Failure('model-unavailable')
