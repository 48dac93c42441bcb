import { createHash, randomUUID } from 'node:crypto'
import { type GeminiEmulator, startGeminiEmulator } from '@firesight/gemini-emulator'
import { IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { type Firestore, getFirestore } from 'firebase-admin/firestore'
import { createGenaiModel } from '../../functions/src/gemini/genai-model.ts'
import type { VisionModel } from '../../functions/src/gemini/vision-model.ts'
import { readConfig } from '../../functions/src/read-config.ts'
import { replaceServices, type Services } from '../../functions/src/services.ts'
import { cloudStorageCensus } from '../../functions/src/stores/cloud-storage-census.ts'
import { cloudStoragePhotos } from '../../functions/src/stores/cloud-storage-photos.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore-annotations.ts'
import { firestoreCensus } from '../../functions/src/stores/firestore-census.ts'
import { firestoreProgress } from '../../functions/src/stores/firestore-progress.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore-quota.ts'
import { httpsImages } from '../../functions/src/stores/https-images.ts'
import { sweep } from '../../functions/src/sweep/sweep.ts'
import { imageIdOf } from '../../functions/src/upload-path.ts'
import { Random, seedOfWorld } from '../model/random.ts'
import { Crew } from './crew.ts'
import { type Fate, fateOf, UNHARMED } from './fate.ts'
import { faultsOf } from './gemini-faults.ts'
import { findViolations, type Violation } from './invariants.ts'
import { hearLogs, tellStderr } from './log-lines.ts'
import { observer } from './observer.ts'
import { watched } from './ports.ts'
import { realHandlers } from './real-handlers.ts'
import { Relay } from './relay.ts'
import { Tally } from './tally.ts'
import { TaskQueue } from './task-queue.ts'
import { Traces } from './traces.ts'
import { Users } from './users.ts'
import { VirtualClock } from './virtual-clock.ts'

export type Options = { uploads: number; seed: number; faultRate?: number }

export type Result = {
  seed: number
  seconds: number
  tally: Tally
  violations: Violation[]
  geminiFaults: Record<string, number>
  meanPaid: number
  statuses: Record<string, number>
  nameOf: (imageId: string) => string | undefined
  /** What happened to a photo, by its image id or its name. */
  traceOf: (photo: string) => string[]
}

const SWEEP_PERIOD_MS = 600_000
const HOUR_MS = 3_600_000

/** Sweeps at the end, with two hours between: more than any photo's way back can take. */
const MOST_SWEEPS = 20

/**
 * The real handlers over the real stores in the emulators and the real model adapter over HTTP, in a world of made-up users, workers
 * that die, sleep and are stopped, and an event service as Google describes it. The clock is virtual.
 */
export async function simulate({ uploads, seed, faultRate = 0.3 }: Options): Promise<Result> {
  const started = performance.now()
  const id = randomUUID().slice(0, 8)
  const app = initializeApp({ projectId: `demo-reliability-${id}` }, `reliability-${id}`)
  const gemini = await startGeminiEmulator()
  try {
    const bucket = `firesight-reliability-${id}.appspot.com`
    const world = buildWorld({
      seed,
      bucket,
      projectId: `demo-reliability-${id}`,
      database: getFirestore(app),
      gemini,
    })
    const { crew, tally, traces, users } = world
    const faults = faultsOf(gemini.url)
    await faults.begin(seed, faultRate)
    users.plan(uploads)
    keepSweeping(world, seed)
    await crew.drain()
    await faults.end()
    await endAll(world)
    const report = await faults.report()
    const found = await findViolations({
      database: getFirestore(app),
      bucket: world.storage.bucket(bucket),
      users,
      answers: report.answers,
      imageIdOfAnswer: world.sentImages,
      traces,
      endedAtMs: world.clock.nowMs,
    })
    for (const { worker, error, imageId } of crew.bugs)
      found.violations.push({
        kind: 'bug',
        imageId,
        what: `${worker}: ${error instanceof Error ? error.stack : String(error)}`,
      })
    const paid = Object.values(report.answers).reduce((sum, count) => sum + count, 0)
    const meanPaid = paid / tally.of('steps ended')
    return {
      seed,
      seconds: (performance.now() - started) / 1000,
      tally,
      violations: found.violations,
      geminiFaults: report.faults,
      meanPaid,
      statuses: found.statuses,
      nameOf: (imageId) => users.nameOf(imageId),
      traceOf: (photo) => traces.of(imageIdOf(bucket, photo)) ?? traces.of(photo) ?? [],
    }
  } finally {
    replaceServices(undefined)
    hearLogs(undefined)
    await gemini.close()
    await deleteApp(app)
  }
}

type Place = { seed: number; bucket: string; projectId: string; database: Firestore; gemini: GeminiEmulator }

function buildWorld({ seed, bucket, projectId, database, gemini }: Place) {
  const clock = new VirtualClock(Date.now())
  const traces = new Traces(clock.nowMs)
  const tally = new Tally()
  const world = { clock, traces, tally }
  const crew = new Crew(world)
  hearLogs((line) => (crew.isAtWork ? crew.worker.tell(`logs ${line}`) : tellStderr(line)))
  const storage = new Storage({
    projectId,
    retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways },
  })
  const nextFate = fates(seed)
  const relay = new Relay(world, crew, new Random(seedOfWorld(seed, -1)), realHandlers.event, nextFate)
  const queue = new TaskQueue(world, crew, new Random(seedOfWorld(seed, -2)), realHandlers.task, nextFate)
  /** Objects' times by the virtual clock. */
  const written = new Map<string, Date>()
  const stamp = (name: string) => void written.set(name, clock.now())
  const users = new Users(
    world,
    crew,
    new Random(seedOfWorld(seed, -3)),
    relay,
    storage.bucket(bucket),
    stamp,
  )
  const sentImages = new Map<string, string>()
  const observe = observer(() => crew.worker, tally, stamp)
  const port = <T extends object>(name: string, real: T): T => watched(name, real, () => crew.worker, observe)
  const objects = cloudStorageCensus(storage)
  const services: Services = {
    bucket,
    photos: port('photos', cloudStoragePhotos(storage, '')),
    urlImages: httpsImages(),
    quota: port('quota', firestoreQuota(database)),
    annotations: port('annotations', firestoreAnnotations(database)),
    model: port('model', noteImages(modelOf(gemini), crew, sentImages)),
    upkeep: {
      annotations: port('census', firestoreCensus(database)),
      objects: port('objects', {
        ...objects,
        async list(...args: Parameters<typeof objects.list>) {
          const page = await objects.list(...args)
          const dated = page.objects.map((object) => ({
            ...object,
            createdAt: written.get(object.name) ?? clock.now(),
          }))
          return { ...page, objects: dated }
        },
      }),
      queue: port('queue', queue),
      progress: port('progress', firestoreProgress(database)),
    },
    now: () => clock.now(),
    newToken: randomUUID,
    get shutdown() {
      return crew.worker.shutdown
    },
  }
  replaceServices(services)
  return { ...world, crew, users, services, storage, sentImages, nextFate }
}

type Built = ReturnType<typeof buildWorld>

function modelOf({ url }: GeminiEmulator): VisionModel {
  return createGenaiModel({
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 10_000,
    baseUrl: url,
    retry: { attempts: 2, firstWaitMs: 1, maxWaitMs: 5 },
  })
}

/** Notes which photo each image belongs to that the model is shown. */
function noteImages(model: VisionModel, crew: Crew, sentImages: Map<string, string>): VisionModel {
  return {
    ...model,
    async generate(request, signal) {
      for (const part of request.parts) {
        const { imageId } = crew.worker.job
        if ('image' in part && imageId !== undefined)
          sentImages.set(createHash('sha256').update(part.image.data).digest('hex'), imageId)
      }
      return model.generate(request, signal)
    },
  }
}

/** Numbers each photo's workers, so that their fates do not depend on those of other photos. */
function fates(seed: number): (name: string) => Fate {
  const workers = new Map<string, number>()
  return (name) => {
    const nth = workers.get(name) ?? 0
    workers.set(name, nth + 1)
    return fateOf(seed, createHash('sha256').update(name).digest().readUInt32BE(0), nth)
  }
}

function keepSweeping({ clock, crew, nextFate, tally }: Built, seed: number): void {
  const next = () =>
    clock.after(
      SWEEP_PERIOD_MS,
      () => {
        tally.count('sweeps')
        crew.start({ name: `sweep ${seed}`, fate: nextFate('sweep') }, realHandlers.sweep)
        next()
      },
      true,
    )
  next()
}

/** Sweeps, without faults, until there is nothing left to do. */
async function endAll({ clock, crew, services, tally }: Built): Promise<void> {
  for (let round = 1; ; round++) {
    if (round > MOST_SWEEPS) return
    clock.after(2 * HOUR_MS, () => {
      const run = async () => {
        const {
          known: _,
          walked,
          ...done
        } = await sweep(services, readConfig(), { walk: 'now', budgetMs: 600_000 })
        isIdle = walked === true && Object.values(done).every((count) => count === 0)
      }
      tally.count('sweeps')
      crew.start({ name: 'last sweep', fate: { ...UNHARMED } }, run)
    })
    let isIdle = false
    await crew.drain()
    if (isIdle) return
  }
}
