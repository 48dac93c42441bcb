import { randomUUID } from 'node:crypto'
import { type FaultReport, startGeminiEmulator } from '@firesight/gemini-emulator'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { advanceBackfill, startBackfill } from '../../functions/src/maintenance/backfill.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import { replaceServices } from '../../functions/src/services.ts'
import { Random, seedOfWorld } from '../model/random.ts'
import { onLogLine, writeStderr } from './captured-logs.ts'
import { type EventFaults, EventService } from './event-service.ts'
import { type Faults, type JobKind, NO_FAULTS } from './faults.ts'
import { handlers } from './handlers.ts'
import { findViolations, type Violation } from './invariants.ts'
import { Tally, Traces } from './records.ts'
import { simulatedServices } from './services.ts'
import { TaskQueue } from './task-queue.ts'
import { Users } from './users.ts'
import { VirtualClock } from './virtual-clock.ts'
import { Workers } from './workers.ts'

// Crashed workers leave reservations open, for which the next photos of the owner would wait. Quotas have tests of
// their own.
process.env.TOKENS_PER_DAY = '0'

const HOUR_MS = 3_600_000

/** Sweeps at the end, two hours apart: enough for every photo to reach its final status. */
const MAX_SWEEPS = 20

export type WorldOptions = {
  seed: number
  eventFaults: EventFaults
  /** The faults of the nth worker of a photo, by the photo's name. */
  faultsOf: (name: string, nth: number, kind: JobKind) => Faults
}

/**
 * An isolated world in the emulators: a bucket, a database, a model service, an event service, a queue,
 * workers and users.
 */
export async function openWorld({ seed, eventFaults, faultsOf }: WorldOptions) {
  const id = randomUUID().slice(0, 8)
  const projectId = `demo-reliability-${id}`
  // Not the default bucket of the emulators, so that their triggers ignore it.
  const bucket = `firesight-reliability-${id}.appspot.com`
  const app = initializeApp({ projectId }, projectId)
  const database = getFirestore(app)
  const gemini = await startGeminiEmulator()
  const retryOptions = { idempotencyStrategy: IdempotencyStrategy.RetryAlways }
  const storage = new Storage({ projectId, retryOptions })

  const clock = new VirtualClock(Date.now())
  const traces = new Traces(clock.nowMs)
  const tally = new Tally()
  const world = { clock, traces, tally }
  const workers = new Workers(world)
  const nextFaults = numbered(faultsOf)
  const random = (stream: number) => new Random(seedOfWorld(seed, -stream))
  const events = new EventService(world, workers, random(1), eventFaults, handlers.event, nextFaults)
  const queue = new TaskQueue(world, workers, random(2), handlers.task, nextFaults)
  const writtenAt = new Map<string, Date>()
  const sentImages = new Map<string, string>()
  const detected: Violation[] = []
  const users = new Users(world, workers, random(3), events, storage.bucket(bucket), writtenAt)
  const backends = { bucket, database, storage, gemini }
  const services = simulatedServices(backends, world, workers, queue, {
    writtenAt,
    sentImages,
    violations: detected,
  })
  onLogLine((line) => (workers.hasCurrent ? workers.worker.trace(`logs ${line}`) : writeStderr(line)))
  replaceServices(services)
  process.env.BACKFILL_SERVICE_TIER = 'flex'
  const geminiFaults = geminiFaultsAt(gemini.url)

  return {
    ...world,
    workers,
    users,
    nextFaults,
    geminiFaults,

    /** Queues every photo without a document, and runs them at the tier flex. Must run as a worker. */
    async startBackfill(): Promise<void> {
      tally.count('backfills')
      const backfill = await startBackfill({ dryRun: false }, 'operator', services)
      await advanceBackfill(backfill, services, readConfig(), () => true)
    },

    /** Sweeps without faults until nothing is left to do. */
    async sweepUntilIdle(): Promise<void> {
      await geminiFaults.end()
      let isIdle = false
      const run = async () => {
        const options = { walk: 'now', budgetMs: 600_000 } as const
        const { known: _, walked, ...done } = await sweep(services, readConfig(), options)
        isIdle = walked === true && Object.values(done).every((count) => count === 0)
      }
      for (let round = 1; round <= MAX_SWEEPS; round++) {
        clock.after(2 * HOUR_MS, () => {
          tally.count('sweeps')
          workers.start({ name: 'last sweep', faults: NO_FAULTS }, run)
        })
        await workers.runAll()
        if (isIdle) return
      }
      detected.push({ kind: 'bug', imageId: undefined, what: `${MAX_SWEEPS} sweeps still found work` })
    },

    async findViolations() {
      const report = await geminiFaults.report()
      const { answers, faults } = report
      const state = { database, bucket: storage.bucket(bucket), users, answers, sentImages }
      const { violations, statuses } = await findViolations(state)
      violations.push(...detected)
      for (const { worker, error, imageId } of workers.bugs) {
        const what = `${worker}: ${error instanceof Error ? error.stack : String(error)}`
        violations.push({ kind: 'bug', imageId, what })
      }
      for (const { imageId, kind, what } of violations)
        traces.add(imageId, clock.nowMs, 'VIOLATION', `${kind}: ${what}`)
      const billed = Object.values(answers).reduce((sum, count) => sum + count, 0)
      return {
        tally,
        violations,
        statuses,
        geminiFaults: faults,
        meanBilled: billed / tally.of('steps ended'),
        nameOf: (imageId: string) => users.nameOf(imageId),
        /** The trace of a photo, by its name or image id. */
        traceOf: (photo: string) => traces.of(imageIdOf(bucket, photo)) ?? traces.of(photo) ?? [],
      }
    },

    async [Symbol.asyncDispose](): Promise<void> {
      replaceServices(undefined)
      delete process.env.BACKFILL_SERVICE_TIER
      onLogLine(undefined)
      await gemini.close()
      await deleteApp(app)
    },
  }
}

export type SimulatedWorld = Awaited<ReturnType<typeof openWorld>>

/** Numbers the workers of each photo, so that their faults do not depend on other photos. */
function numbered(faultsOf: WorldOptions['faultsOf']): (name: string, kind: JobKind) => Faults {
  const counts = new Map<string, number>()
  return (name, kind) => {
    const nth = counts.get(name) ?? 0
    counts.set(name, nth + 1)
    return faultsOf(name, nth, kind)
  }
}

/** Controls the faults of a local Gemini API. */
function geminiFaultsAt(url: string) {
  const call = async (method: string, body?: object) => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${url}/emulator/v1/faults`, init)
    if (!response.ok) throw new Error(await response.text())
    return response.json()
  }
  return {
    begin: async (seed: number, rate: number) => call('POST', { seed, rate }),
    end: async () => call('DELETE'),
    report: async () => (await call('GET')) as FaultReport,
  }
}
