import { PHOTO_TIMEOUT_SECONDS } from '../../functions/src/config/time-limits.ts'
import { VisionError } from '../../functions/src/errors.ts'
import { signal } from './abort-signals.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'
import type { LiveObject } from './world.ts'

/** How likely a worker meets each fault at a call. `interrupted`: per worker, its instance is shut down. */
export type WorkerFaults = { crash: number; slow: number; storeFault: number; interrupted: number }

const NO_FAULTS: WorkerFaults = { crash: 0, slow: 0, storeFault: 0, interrupted: 0 }

/**
 * How a worker's run looks to the service that started it. `overdue`: it exceeded the time limit, and
 * continues unseen.
 */
export type RunEnd = 'done' | 'failed' | 'crashed' | 'overdue'

export type Trace = (worker: string, event: string) => void

export type Service = 'firestore' | 'storage' | 'queue' | 'auth' | 'model'

const LATENCY_MS: Record<Service, [number, number]> = {
  firestore: [20, 200],
  storage: [20, 400],
  queue: [20, 200],
  auth: [20, 200],
  model: [1000, 20_000],
}
/** Between SIGTERM and SIGKILL. */
const SHUTDOWN_MS = 10_000

/** An error that the stores do not map to a code, so the pipeline must treat it like a bug. */
export class UnexpectedError extends Error {
  override readonly name = 'UnexpectedError'
}

/** Starts workers, and decides which faults they meet. */
export class Workers {
  crashes = 0
  /** Set for the last part of a simulation. */
  faultFree = false
  /**
   * The first error that is neither expected nor injected: a bug of the code under test, or of the
   * simulation.
   */
  bug: unknown
  private readonly scheduler: Scheduler
  private readonly random: Random
  private readonly faults: WorkerFaults
  private readonly trace: Trace | undefined

  constructor(scheduler: Scheduler, random: Random, faults: WorkerFaults, trace?: Trace) {
    this.scheduler = scheduler
    this.random = random
    this.faults = faults
    this.trace = trace
  }

  /** @param onEnd is called once */
  start(
    name: string,
    run: (worker: Worker) => Promise<unknown>,
    onEnd: (end: RunEnd) => void,
    timeoutSeconds = PHOTO_TIMEOUT_SECONDS,
  ): void {
    const worker = new Worker(name, this, onEnd, timeoutSeconds * 1000)
    if (this.random.chance(this.currentFaults.interrupted))
      worker.interruptedAt = this.scheduler.now + this.random.wait(100, 60_000)
    void this.observe(worker, run(worker))
  }

  private async observe(worker: Worker, run: Promise<unknown>): Promise<void> {
    try {
      await run
      this.trace?.(worker.name, 'ended')
      worker.end('done')
    } catch (error) {
      if (!(error instanceof VisionError || error instanceof UnexpectedError)) this.bug ??= error
      this.trace?.(worker.name, `failed: ${error instanceof VisionError ? error.code : String(error)}`)
      worker.end('failed')
    }
  }

  get now(): number {
    return this.scheduler.now
  }

  private get currentFaults(): WorkerFaults {
    return this.faultFree ? NO_FAULTS : this.faults
  }

  schedule(worker: Worker, call: Call): void {
    const [least, most] = LATENCY_MS[call.service]
    this.scheduler.after(this.random.between(least, most), () => this.arrive(worker, call))
  }

  private arrive(worker: Worker, call: Call): void {
    const { scheduler, random } = this
    if (worker.isDead) return
    if (call.isDeadly || scheduler.now > worker.interruptedAt + SHUTDOWN_MS) return this.kill(worker, call)
    const { crash, slow, storeFault } = this.currentFaults
    let roll = random.next()
    if (roll < crash) return this.kill(worker, call)
    roll -= crash
    if (roll < slow) return this.pause(worker, call)
    roll -= slow
    this.execute(worker, call, roll < storeFault ? roll / storeFault : undefined)
  }

  /** For up to three hours, longer than its lease. */
  private pause(worker: Worker, call: Call): void {
    const pauseMs = this.random.wait(60_000, 10_800_000)
    this.trace?.(worker.name, `pauses for ${Math.round(pauseMs / 1000)} s before: ${call.name}`)
    const { timeoutMs } = worker
    if (pauseMs > timeoutMs) this.scheduler.after(timeoutMs, () => worker.end('overdue'))
    this.scheduler.after(pauseMs, () => {
      if (!worker.isDead) this.execute(worker, call, undefined)
    })
  }

  /** @param roll 0 to 1 chooses a fault of the store */
  private execute(worker: Worker, call: Call, roll: number | undefined): void {
    let fault: CallFault | undefined
    // Failures of the model come from its service.
    if (roll !== undefined && call.service !== 'model') {
      fault =
        roll < 0.35 ? 'refused' : roll < 0.65 ? 'unacknowledged' : roll < 0.95 ? 'repeated' : 'unexpected'
    }
    this.trace?.(worker.name, fault ? `${call.name} (${fault})` : call.name)
    try {
      call.resolve(applyFault(call, fault))
    } catch (error) {
      call.reject(error)
    }
  }

  private kill(worker: Worker, call: Call): void {
    this.crashes += 1
    worker.isDead = true
    this.trace?.(worker.name, `CRASHES before: ${call.name}`)
    worker.end('crashed')
  }
}

type Call = {
  service: Service
  name: string
  isDeadly: boolean
  effect: () => unknown
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * `refused`: the call has no effect and fails. `unacknowledged`: it takes effect and fails. `repeated`: it
 * takes effect, and the client library sends it again because the response was lost. `unexpected`: it has no
 * effect and fails with an error that no store maps to a code.
 */
type CallFault = 'refused' | 'unacknowledged' | 'repeated' | 'unexpected'

function applyFault({ service, name, effect }: Call, fault: CallFault | undefined): unknown {
  if (fault === undefined) return effect()
  if (fault === 'unexpected') throw new UnexpectedError(name)
  if (fault !== 'refused') effect()
  if (fault === 'repeated') return effect()
  if (service === 'queue') throw new UnexpectedError(name)
  throw new VisionError('storage-unavailable', `Injected: ${name}`)
}

/** One run of a function. */
export class Worker {
  readonly name: string
  /** Of its function. */
  readonly timeoutMs: number
  /** An object that was looked up too early, for the mutation of `documentBeforeObject`. */
  foundEarly: { object: LiveObject | undefined } | undefined
  isDead = false
  interruptedAt = Number.POSITIVE_INFINITY
  private readonly workers: Workers
  private onEnd: ((end: RunEnd) => void) | undefined

  constructor(name: string, workers: Workers, onEnd: (end: RunEnd) => void, timeoutMs: number) {
    this.name = name
    this.timeoutMs = timeoutMs
    this.workers = workers
    this.onEnd = onEnd
  }

  get isInterrupted(): boolean {
    return this.workers.now >= this.interruptedAt
  }

  /** Aborted when the instance is shut down. */
  get shutdown(): AbortSignal {
    const reason = new VisionError('interrupted', 'The instance is shut down')
    return signal(
      () => this.isInterrupted,
      () => reason,
    )
  }

  /**
   * Calls a service: time passes, and `effect` happens at one moment, unless the worker meets a fault first.
   * The promise of a dead worker never settles, so that no `catch` or `finally` runs.
   * @param isDeadly the worker always crashes here
   */
  call<T>(service: Service, name: string, effect: () => T, isDeadly = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call = { service, name, isDeadly, effect, resolve: resolve as Call['resolve'], reject }
      this.workers.schedule(this, call)
    })
  }

  end(end: RunEnd): void {
    const { onEnd } = this
    this.onEnd = undefined
    onEnd?.(end)
  }
}
