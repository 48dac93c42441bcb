import type { Config } from '../../functions/src/config/config.ts'
import { BACKFILL_RUN, LAST_DELIVERY_MS } from '../../functions/src/config/time-limits.ts'
import { errorOf } from '../../functions/src/document/annotation.ts'
import { compareGenerations, type RerunPolicy } from '../../functions/src/document/claim.ts'
import { parseResultPath } from '../../functions/src/document/storage-paths.ts'
import { referencedFiles } from '../../functions/src/maintenance/referenced-files.ts'
import { useVirtualDeadlines } from './abort-signals.ts'
import { EventService, type StorageEvent } from './event-service.ts'
import { type Mechanisms, PROTOCOL } from './mechanisms.ts'
import { ModelService } from './model-service.ts'
import { servicesOf } from './ports.ts'
import { Random, seedOfWorld } from './random.ts'
import type { Scenario } from './scenarios.ts'
import { Scheduler } from './scheduler.ts'
import { checkStubs, stubStages } from './stub-hooks.ts'
import { TaskQueue } from './task-queue.ts'
import { type Rerun, User } from './users.ts'
import { type Kind, Violations } from './violations.ts'
import { useVirtualTimers } from './virtual-timers.ts'
import { type Trace, type Worker, Workers } from './workers.ts'
import { ABOUT, photoOf, World } from './world.ts'

stubStages()
const { annotateImage, removeAnnotation } = await import('../../functions/src/pipeline/annotate-image.ts')
const { annotateQueued } = await import('../../functions/src/maintenance/annotate-queued.ts')
const { sweep } = await import('../../functions/src/maintenance/sweep.ts')
// The pipeline loads its stages with the first photo: that takes no virtual time.
await (await import('../../functions/src/pipeline/stages.ts')).loadStages()
checkStubs()
useVirtualDeadlines()
useVirtualTimers()
// A stack trace takes longer than the rest of a failure.
Error.stackTraceLimit = 0
// The pipeline logs failures of the stores that end no run.
console.error = () => undefined
console.warn = () => undefined

export type WorldResult = {
  uploads: number
  deliveries: number
  crashes: number
  /** Steps that were requested, and requests that were billed for them. */
  steps: number
  billed: number
  endedAtLimit: 'crashed' | 'gave-up' | undefined
  violations: Kind[]
}

/** In real time, which plays no role. */
const budgetMs = Number.POSITIVE_INFINITY
const HOUR_MS = 3_600_000
/** Every ten minutes at the start, later every hour: then no user waits. */
const SWEEP_HOURS = 1 / 6
/** Users do most of their actions in these hours. */
const BUSY_HOURS = 4
/** From then on there are no faults. The last events were delivered before. */
const CALM_HOUR = 40
/** Leaves time for deferrals and three scans: one finds what is left, the others clean up behind it. */
const LAST_HOUR = CALM_HOUR + 80

/** As `handleBackfillQueued`. */
const BACKFILL_TRIGGER = { limits: BACKFILL_RUN, serviceTier: 'flex' } as const

/** What the pipeline reads of the parameters. */
const CONFIG = {
  uploadPath: 'users/{uid}/uploads/{fileName}',
  includePaths: [] as string[],
  excludePaths: [] as string[],
  outputBucket: '',
  describeModel: 'gemini-3.8-flash',
  locateModel: 'gemini-3.8-flash',
  describeMediaResolution: 'high',
  locateMediaResolution: 'high',
  retentionDays: 0,
  fullScanDays: 2,
  maxImageBytes: 1_000_000,
  modelTimeoutSeconds: 60,
  maxObjects: 25,
  prominentObjects: 20,
  maskPoints: 24,
  blurThreshold: 0,
} as Config

/** Simulates one object name: its uploads, and everything that is made of them. */
export async function simulate(
  scenario: Scenario,
  mutation: Partial<Mechanisms>,
  seed: number,
  photo: number,
  trace?: (atMs: number, worker: string, event: string) => void,
): Promise<WorldResult> {
  const mechanisms = { ...PROTOCOL, ...scenario.limits, ...mutation }
  const scheduler = new Scheduler()
  const random = new Random(seedOfWorld(seed, photo))
  const traceNow: Trace | undefined = trace && ((worker, event) => trace(scheduler.now, worker, event))
  const traceOf = (worker: string) => traceNow && ((event: string) => traceNow(worker, event))
  const violations = new Violations(traceOf('VIOLATION'))
  const { outages } = scenario
  const service = new ModelService(scheduler, random, scenario.model, {
    ...outageOf(random, outages.model, 26),
    ...(outages.modelIs && { from: 0 }),
    kind: outages.modelIs ?? (random.chance(0.5) ? 'timeout' : 'unavailable'),
  })
  const world = new World(scheduler, random, mechanisms, service, violations)
  const workers = new Workers(scheduler, random, scenario.faults, traceNow)
  const services = (worker: Worker, eventId?: string) => servicesOf(worker, world, queue, eventId)
  const queue = new TaskQueue(world, workers, (retry, tries) => (worker) => {
    const { bucket, name } = ABOUT
    // Only backfills retry, in a function of their own.
    const trigger = retry ? BACKFILL_TRIGGER : {}
    return annotateQueued({ bucket, name, retry }, services(worker), CONFIG, tries, trigger)
  })
  const handle = (event: StorageEvent) => (worker: Worker) => {
    const about = photoOf(event.generation)
    if (event.kind === 'deleted') return removeAnnotation(about, services(worker, event.id))
    const isLast = scheduler.now - event.publishedAt > LAST_DELIVERY_MS
    return annotateImage(about, services(worker, event.id), CONFIG, { isLast })
  }
  const outage = outageOf(random, outages.events, 30)
  const events = new EventService(world, workers, scenario.events, outage, handle)
  let calls = 0
  const rerun = (policy: Rerun) => {
    calls += 1
    if (policy === 'backfill') return void queue.enqueue(`backfill${calls}`, true)
    workers.start(
      `call ${policy} ${calls}`,
      (worker) => annotateAgain(services(worker), policy),
      () => undefined,
    )
  }
  const user = new User(world, events, scenario.users, rerun, traceOf('user'))
  user.begin()
  const sweepAt = (hour: number) =>
    scheduler.at(hour * HOUR_MS, () => {
      if (hour === CALM_HOUR) workers.faultFree = service.faultFree = true
      if (mechanisms.sweeper && hasDue(world)) {
        workers.start(
          `sweep ${hour.toFixed(1)}`,
          (worker) => sweep(services(worker), CONFIG, { walk: 'when-due', budgetMs }),
          () => undefined,
        )
      }
      if (hour < LAST_HOUR) sweepAt(hour < BUSY_HOURS ? hour + SWEEP_HOURS : Math.floor(hour) + 1)
    })
  sweepAt(SWEEP_HOURS)
  const scanHours = scenario.scanHours ?? 24
  const scanAt = (hour: number) =>
    scheduler.at(hour * HOUR_MS, () => {
      const isBusy = hour < BUSY_HOURS + 4
      // In between, the daily scan. At the end, full scans find everything that is left.
      const walk = isBusy || hour >= CALM_HOUR ? 'now' : 'when-due'
      if (mechanisms.sweeper && hasSomethingToScan(world)) {
        workers.start(
          `scan ${hour.toFixed(1)}`,
          (worker) => sweep(services(worker), CONFIG, { walk, budgetMs }),
          () => undefined,
        )
      }
      // A daily scan is due after 24 hours.
      if (hour < LAST_HOUR) scanAt(isBusy ? hour + scanHours : hour + 24.5)
    })
  scanAt(random.between(0, scanHours))
  await scheduler.runAll()
  if (workers.bug) throw new Error(`The simulation of photo ${photo} failed`, { cause: workers.bug })
  violations.atEnd(world)
  const code = errorOf(world.document)?.code
  return {
    uploads: user.uploads,
    deliveries: events.deliveries + queue.dispatched,
    crashes: workers.crashes,
    steps: service.billed.size,
    billed: [...service.billed.values()].reduce((sum, billed) => sum + billed, 0),
    endedAtLimit: code === 'crashed' || code === 'gave-up' ? code : undefined,
    violations: [...violations.found],
  }
}

/** callables/annotate-again.ts */
async function annotateAgain(services: ReturnType<typeof servicesOf>, again: RerunPolicy) {
  const photo = await services.photos.findUpload(ABOUT.bucket, ABOUT.name, ABOUT.owner)
  return photo && annotateImage(photo, services, CONFIG, { again })
}

/** Whether a sweep would queue anything. Most would not, and are not simulated. */
function hasDue({ document, mechanisms, scheduler }: World): boolean {
  const dueAt = document?.status === 'deleted' ? undefined : document?.dueAt
  return mechanisms.redrivesDue && dueAt !== undefined && dueAt.getTime() <= scheduler.now
}

/** Whether a scan would change anything. */
function hasSomethingToScan({ document, object, files, mechanisms }: World): boolean {
  if (object && (!document || compareGenerations(document.generation, object.generation) < 0)) return true
  if (!object && document && document.status !== 'deleted') return true
  if (files.size === 0) return false
  if (!document) return true
  const isInUse = document.status === 'processing' && !mechanisms.sweepsFinishedOnly
  const shown = isInUse ? { ...document, status: 'succeeded' as const } : document
  const entry = { ...shown, imageId: ABOUT.imageId }
  const kept = referencedFiles(entry)
  return [...files.keys()].some((path) => !kept.has(parseResultPath(path)!))
}

function outageOf(random: Random, probability: number, hours: number): { from: number; to: number } {
  if (!random.chance(probability)) return { from: 0, to: 0 }
  const from = random.between(0, 2 * HOUR_MS)
  return { from, to: from + random.between(1, hours) * HOUR_MS }
}
