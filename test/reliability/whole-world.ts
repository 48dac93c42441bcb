import { randomUUID } from 'node:crypto'
import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import { replaceServices } from '../../functions/src/services.ts'
import { Random, seedOfWorld } from '../model/random.ts'
import { Crew } from './crew.ts'
import { type Fate, UNHARMED } from './fate.ts'
import { faultsOf } from './gemini-faults.ts'
import { findViolations, type Violation } from './invariants.ts'
import { hearLogs, tellStderr } from './log-lines.ts'
import { realHandlers } from './real-handlers.ts'
import { realServices } from './real-services.ts'
import { type EventFaults, Relay } from './relay.ts'
import { Tally } from './tally.ts'
import { TaskQueue } from './task-queue.ts'
import { Traces } from './traces.ts'
import { Users } from './users.ts'
import { VirtualClock } from './virtual-clock.ts'

const HOUR_MS = 3_600_000

/** Sweeps at the end, with two hours between: more than any photo's way back can take. */
const MOST_SWEEPS = 20

export type WorldOptions = {
  seed: number
  eventFaults: EventFaults
  /** Of the nth worker over a photo, by the photo's name. */
  fateOf: (name: string, nth: number) => Fate
}

/** A world of its own in the emulators: a bucket, a database, a model service, an event service, a queue, workers and users. */
export async function openWorld({ seed, eventFaults, fateOf }: WorldOptions) {
  const id = randomUUID().slice(0, 8)
  const projectId = `demo-reliability-${id}`
  // Of another name than the emulators' own, so that their triggers do not see it.
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
  const crew = new Crew(world)
  const nextFate = numbered(fateOf)
  const random = (stream: number) => new Random(seedOfWorld(seed, -stream))
  const relay = new Relay(world, crew, random(1), eventFaults, realHandlers.event, nextFate)
  const queue = new TaskQueue(world, crew, random(2), realHandlers.task, nextFate)
  const writtenAt = new Map<string, Date>()
  const sentImages = new Map<string, string>()
  const broken: Violation[] = []
  const users = new Users(world, crew, random(3), relay, storage.bucket(bucket), writtenAt)
  const clouds = { bucket, database, storage, gemini }
  const services = realServices(clouds, world, crew, queue, { writtenAt, sentImages, broken })
  hearLogs((line) => (crew.isAtWork ? crew.worker.tell(`logs ${line}`) : tellStderr(line)))
  replaceServices(services)
  const geminiFaults = faultsOf(gemini.url)

  return {
    ...world,
    crew,
    users,
    relay,
    nextFate,
    geminiFaults,

    /** Sweeps, without faults, until there is nothing left to do. */
    async end(): Promise<void> {
      await geminiFaults.end()
      let isIdle = false
      const run = async () => {
        const options = { walk: 'now', budgetMs: 600_000 } as const
        const { known: _, walked, ...done } = await sweep(services, readConfig(), options)
        isIdle = walked === true && Object.values(done).every((count) => count === 0)
      }
      for (let round = 1; round <= MOST_SWEEPS; round++) {
        clock.after(2 * HOUR_MS, () => {
          tally.count('sweeps')
          crew.start({ name: 'last sweep', fate: UNHARMED }, run)
        })
        await crew.drain()
        if (isIdle) return
      }
      broken.push({ kind: 'bug', imageId: undefined, what: `${MOST_SWEEPS} sweeps found something to do` })
    },

    async judge() {
      const report = await geminiFaults.report()
      const { answers, faults } = report
      const lies = { database, bucket: storage.bucket(bucket), users, answers, sentImages }
      const { violations, statuses } = await findViolations(lies)
      violations.push(...broken)
      for (const { worker, error, imageId } of crew.bugs) {
        const what = `${worker}: ${error instanceof Error ? error.stack : String(error)}`
        violations.push({ kind: 'bug', imageId, what })
      }
      for (const { imageId, kind, what } of violations)
        traces.add(imageId, clock.nowMs, 'VIOLATION', `${kind}: ${what}`)
      const paid = Object.values(answers).reduce((sum, count) => sum + count, 0)
      return {
        tally,
        violations,
        statuses,
        geminiFaults: faults,
        meanPaid: paid / tally.of('steps ended'),
        nameOf: (imageId: string) => users.nameOf(imageId),
        /** What happened to a photo, by its name or its image id. */
        traceOf: (photo: string) => traces.of(imageIdOf(bucket, photo)) ?? traces.of(photo) ?? [],
      }
    },

    async [Symbol.asyncDispose](): Promise<void> {
      replaceServices(undefined)
      hearLogs(undefined)
      await gemini.close()
      await deleteApp(app)
    },
  }
}

export type WholeWorld = Awaited<ReturnType<typeof openWorld>>

/** Numbers each photo's workers, so that their fates do not depend on those of other photos. */
function numbered(fateOf: WorldOptions['fateOf']): (name: string) => Fate {
  const workers = new Map<string, number>()
  return (name) => {
    const nth = workers.get(name) ?? 0
    workers.set(name, nth + 1)
    return fateOf(name, nth)
  }
}
