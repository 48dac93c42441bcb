import type { Agenda } from './agenda.ts'
import { Failure, type Fault, type Flow, type Point, type Settled, StoreFailure } from './flow.ts'
import type { Random } from './random.ts'

/** How likely it is that a worker meets this at a point. */
export type Perils = { crash: number; slow: number; storeFault: number; interrupted: number }

const SAFE: Perils = { crash: 0, slow: 0, storeFault: 0, interrupted: 0 }

/** How a worker's run looks to whoever started it. `overdue`: it has not ended in time, and goes on unseen. */
export type RunEnd = 'done' | 'failed' | 'died' | 'overdue'

export type Report = (worker: string, what: string) => void

const LATENCY_MS = {
  firestore: [20, 200],
  storage: [20, 400],
  queue: [20, 200],
  model: [1000, 20_000],
} as const
/** Between the signal and the end of an instance. */
const NOTICE_MS = 10_000

type Thread = { flow: Flow<unknown>; settle: (settled: Settled) => void }

/** Runs the flows of workers, each until it ends or dies. */
export class Workers {
  crashes = 0
  /** Set once nothing is to go wrong any more. */
  calm = false
  private readonly agenda: Agenda
  private readonly random: Random
  private readonly perils: Perils
  private readonly report: Report | undefined

  constructor(agenda: Agenda, random: Random, perils: Perils, report?: Report) {
    this.agenda = agenda
    this.random = random
    this.perils = perils
    this.report = report
  }

  /** @param ended is told once */
  start(name: string, flow: Flow<unknown>, ended: (end: RunEnd) => void): void {
    const worker = new Worker(name, ended)
    const { interrupted } = this.dangers
    if (this.random.chance(interrupted))
      worker.interruptedAt = this.agenda.now + this.random.wait(100, 60_000)
    const settle = (settled: Settled) => {
      if ('error' in settled && !isExpected(settled.error)) throw settled.error
      this.report?.(name, 'error' in settled ? `failed: ${nameOf(settled.error)}` : 'ended')
      worker.end('error' in settled ? 'failed' : 'done')
    }
    this.resume(worker, { flow, settle }, undefined)
  }

  private get dangers(): Perils {
    return this.calm ? SAFE : this.perils
  }

  private resume(worker: Worker, thread: Thread, value: unknown): void {
    let next: ReturnType<Flow<unknown>['next']>
    try {
      next = thread.flow.next(value)
    } catch (error) {
      thread.settle({ error })
      return
    }
    if (next.done) thread.settle({ value: next.value })
    else if ('flows' in next.value) this.fork(worker, thread, next.value.flows)
    else this.wait(worker, thread, next.value)
  }

  private fork(worker: Worker, thread: Thread, flows: Flow<unknown>[]): void {
    const all: Settled[] = []
    let open = flows.length
    flows.forEach((flow, index) => {
      const settle = (settled: Settled) => {
        all[index] = settled
        open -= 1
        if (open === 0) this.resume(worker, thread, all)
      }
      this.resume(worker, { flow, settle }, undefined)
    })
  }

  private wait(worker: Worker, thread: Thread, point: Point): void {
    const [least, most] = LATENCY_MS[point.at]
    this.agenda.after(this.random.between(least, most), () => this.arrive(worker, thread, point))
  }

  private arrive(worker: Worker, thread: Thread, point: Point): void {
    const { agenda, random } = this
    if (worker.dead) return
    if (point.deadly || agenda.now > worker.interruptedAt + NOTICE_MS) return this.kill(worker, point)
    const { crash, slow, storeFault } = this.dangers
    let roll = random.next()
    if (roll < crash) return this.kill(worker, point)
    roll -= crash
    if (roll < slow) return this.sleep(worker, thread, point)
    roll -= slow
    this.go(worker, thread, point, roll < storeFault ? roll / storeFault : undefined)
  }

  private sleep(worker: Worker, thread: Thread, point: Point): void {
    const sleepMs = this.random.wait(60_000, 10_800_000)
    this.report?.(worker.name, `sleeps ${Math.round(sleepMs / 1000)} s before: ${point.name}`)
    if (sleepMs > 300_000) this.agenda.after(300_000, () => worker.end('overdue'))
    this.agenda.after(sleepMs, () => {
      if (!worker.dead) this.go(worker, thread, point, undefined)
    })
  }

  private go(worker: Worker, thread: Thread, point: Point, roll: number | undefined): void {
    let fault: Fault | undefined
    if (worker.interruptedAt <= this.agenda.now && point.at === 'model') {
      fault = 'interrupted'
    } else if (roll !== undefined && point.at !== 'model') {
      fault =
        roll < 0.35 ? 'refused' : roll < 0.65 ? 'unacknowledged' : roll < 0.95 ? 'repeated' : 'unexpected'
    }
    this.report?.(worker.name, fault ? `${point.name} (${fault})` : point.name)
    this.resume(worker, thread, fault)
  }

  private kill(worker: Worker, point: Point): void {
    this.crashes += 1
    worker.dead = true
    this.report?.(worker.name, `DIES before: ${point.name}`)
    worker.end('died')
  }
}

class Worker {
  readonly name: string
  dead = false
  interruptedAt = Number.POSITIVE_INFINITY
  private ended: ((end: RunEnd) => void) | undefined

  constructor(name: string, ended: (end: RunEnd) => void) {
    this.name = name
    this.ended = ended
  }

  end(end: RunEnd): void {
    const { ended } = this
    this.ended = undefined
    ended?.(end)
  }
}

function isExpected(error: unknown): boolean {
  return error instanceof Failure || error instanceof StoreFailure
}

function nameOf(error: unknown): string {
  return error instanceof Failure ? error.code : 'store'
}
