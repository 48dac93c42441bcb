import type { RerunPolicy } from '../../functions/src/document/claim.ts'
import { Agenda } from './agenda.ts'
import { EventService, type StorageEvent } from './event-service.ts'
import { Failure, io } from './flow.ts'
import { type Mechanisms, PROTOCOL } from './mechanisms.ts'
import { ModelService } from './model-service.ts'
import { annotateImage, removeAnnotation } from './protocol/annotate.ts'
import { POINTS } from './protocol/points.ts'
import { annotateQueued, hasDue, hasSomethingToWalk, redriveDue, walk } from './protocol/sweep.ts'
import { Random, seedOfWorld } from './random.ts'
import type { Scenario } from './scenarios.ts'
import { TaskQueue } from './task-queue.ts'
import { type Asks, User } from './users.ts'
import { type Kind, Violations } from './violations.ts'
import { Workers } from './workers.ts'
import { photoOf, World } from './world.ts'

export type WorldResult = {
  uploads: number
  deliveries: number
  crashes: number
  /** Steps that were asked for, and requests that were charged for them. */
  steps: number
  paid: number
  endedAtCap: 'crashed' | 'gave-up' | undefined
  violations: Kind[]
}

export type Trace = (atMs: number, worker: string, what: string) => void

const HOUR_MS = 3_600_000
/** Every ten minutes while much happens, later every hour, since nothing is in a hurry then. */
const SWEEP_HOURS = 1 / 6
/** In which users do most of what they do. */
const BUSY_HOURS = 4
/** From then on nothing goes wrong. The last events have come before. */
const CALM_HOUR = 40
/** Deferrals and three walks after that: one finds what is left, the others clear up behind it. */
const LAST_HOUR = CALM_HOUR + 80
/** An event that is older, and fails in a way that may heal, is the last of its kind. */
const LAST_DELIVERY_MS = 23 * HOUR_MS

/** The life of one photo, and of all that is made of it. */
export function simulate(
  scenario: Scenario,
  mutation: Partial<Mechanisms>,
  seed: number,
  photo: number,
  trace?: Trace,
): WorldResult {
  const mechanisms = { ...PROTOCOL, ...scenario.caps, ...mutation }
  const agenda = new Agenda()
  const random = new Random(seedOfWorld(seed, photo))
  const tell = trace && ((worker: string, what: string) => trace(agenda.now, worker, what))
  const tellOf = (worker: string) => tell && ((what: string) => tell(worker, what))
  const violations = new Violations(tellOf('VIOLATION'))
  const { outages } = scenario
  const service = new ModelService(agenda, random, scenario.model, {
    ...outageOf(random, outages.model, 26),
    ...(outages.modelIs && { from: 0 }),
    kind: outages.modelIs ?? (random.chance(0.5) ? 'timeout' : 'unavailable'),
  })
  const world = new World(agenda, random, mechanisms, service, violations)
  const workers = new Workers(agenda, random, scenario.perils, tell)
  const queue = new TaskQueue(world, workers, annotateQueued)
  const outage = outageOf(random, outages.events, 30)
  const handle = (event: StorageEvent) => {
    const about = photoOf(event.generation)
    if (event.kind === 'deleted') return removeAnnotation(about, world)
    const isLast = agenda.now - event.publishedAt > LAST_DELIVERY_MS
    return annotateImage(about, world, { eventId: event.id, isLast })
  }
  const events = new EventService(world, workers, scenario.events, outage, handle)
  let calls = 0
  const ask = (again: Asks) => {
    calls += 1
    if (again === 'backfill') return queue.enqueue(`backfill${calls}`, true)
    workers.start(`call ${again} ${calls}`, annotateAgain(world, again), () => undefined)
  }
  const user = new User(world, events, scenario.habits, ask, tellOf('user'))
  user.begin()
  const sweepAt = (hour: number) =>
    agenda.at(hour * HOUR_MS, () => {
      if (hour === CALM_HOUR) workers.calm = service.calm = true
      if (mechanisms.sweeper && hasDue(world)) {
        workers.start(`sweep ${hour.toFixed(1)}`, redriveDue(world, queue), () => undefined)
      }
      if (hour < LAST_HOUR) sweepAt(hour < BUSY_HOURS ? hour + SWEEP_HOURS : Math.floor(hour) + 1)
    })
  sweepAt(SWEEP_HOURS)
  const walkHours = scenario.walkHours ?? 24
  const walkAt = (hour: number) =>
    agenda.at(hour * HOUR_MS, () => {
      if (mechanisms.sweeper && hasSomethingToWalk(world)) {
        workers.start(`walk ${hour.toFixed(1)}`, walk(world, queue), () => undefined)
      }
      if (hour < LAST_HOUR) walkAt(hour < BUSY_HOURS + 4 ? hour + walkHours : hour + 24)
    })
  walkAt(random.between(0, walkHours))
  while (agenda.step());
  violations.atEnd(world)
  const code = world.document?.error?.code
  return {
    uploads: user.uploads,
    deliveries: events.deliveries + queue.dispatched,
    crashes: workers.crashes,
    steps: service.paid.size,
    paid: [...service.paid.values()].reduce((sum, paid) => sum + paid, 0),
    endedAtCap: code === 'crashed' || code === 'gave-up' ? code : undefined,
    violations: [...violations.found],
  }
}

/** calls/annotate-again.ts */
function* annotateAgain(world: World, again: RerunPolicy) {
  const object = yield* io(POINTS.findObject, () => world.object)
  if (!object) throw new Failure('object-gone')
  return yield* annotateImage(photoOf(object.generation), world, { again })
}

function outageOf(random: Random, probability: number, hours: number): { from: number; to: number } {
  if (!random.chance(probability)) return { from: 0, to: 0 }
  const from = random.between(0, 2 * HOUR_MS)
  return { from, to: from + random.between(1, hours) * HOUR_MS }
}
