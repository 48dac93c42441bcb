// An album in virtual time: the production pipeline over memory stores, one instance, and a model service with
// a rate limit. Prints JSON. A program of its own, because it replaces the stages that compute pixels.
import { parseArgs } from 'node:util'
import { PHOTO_FUNCTION } from '../../functions/src/config/photo-function.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { PhotoQueue } from '../../functions/src/ports/upkeep.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryCircuit } from '../../functions/src/stores/memory/memory-circuit.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { Random } from '../../test/model/random.ts'
import { Scheduler } from '../../test/model/scheduler.ts'
import { checkStubs, stubStages } from '../../test/model/stub-hooks.ts'
import { LATENCY_MS } from '../path/latencies.ts'
import { Events, Instance } from './delivery.ts'
import { LimitedModel, type LimitedService } from './limited-model.ts'
import { sleep, useVirtualDeadlines } from './virtual-time.ts'

stubStages()
const { annotateImage } = await import('../../functions/src/pipeline/annotate-image.ts')
const { annotateQueued } = await import('../../functions/src/maintenance/annotate-queued.ts')
const { sweep } = await import('../../functions/src/maintenance/sweep.ts')
// The pipeline loads its stages with the first photo.
await (await import('../../functions/src/pipeline/stages.ts')).loadStages()
checkStubs()

export type AlbumOptions = {
  photos: number
  /** MODEL_REQUESTS_PER_MINUTE. */
  requestsPerMinute: number
  service: LimitedService
  /** How long a delivery waits for a place in the instance. Absent: until there is one. */
  pendingMs?: number
  seed: number
}

export type AlbumResult = {
  /** From the upload to the last result. */
  seconds: number
  accepted: number
  rejected: number
  /** Runs of the pipeline. */
  runs: number
  /** Deliveries for which the instance had no place. */
  refused: number
  /** Photos that did not end as `succeeded`. */
  failed: number
}

const SWEEP_MS = 600_000
const LAST_SWEEP_MS = 24 * 3_600_000
const BUCKET = 'bucket'

async function simulateAlbum({
  photos: count,
  requestsPerMinute,
  service,
  pendingMs,
  seed,
}: AlbumOptions): Promise<AlbumResult> {
  const scheduler = new Scheduler()
  const random = new Random(seed)
  useVirtualDeadlines(scheduler)
  const config = readConfig({})
  const model = new LimitedModel(scheduler, service)
  const [annotations, photos] = [memoryAnnotations(), memoryPhotos()]
  const delayed = delaysOf(scheduler, random)
  const upkeep = memoryUpkeep(
    () => annotations.documents,
    () => photos.files,
  )
  const now = () => new Date(scheduler.now)
  const instance = new Instance(scheduler, PHOTO_FUNCTION.concurrency, pendingMs)
  const events = new Events(scheduler, instance)
  const tasks = new Set<string>()

  const queue: PhotoQueue = {
    async enqueue(photo, id) {
      if (tasks.has(id)) return 'known'
      tasks.add(id)
      // `annotateQueued` has the same redelivery as an event here: both try again later.
      events.deliver(async () => annotateQueued(photo, services, config))
      return 'enqueued'
    },
  }
  let tokens = 0
  const services: Services = {
    bucket: BUCKET,
    accounts: memoryAccounts(),
    annotations: delayed(annotations, { claim: ['read', 'commit'], update: ['read', 'commit'] }),
    photos: delayed(photos, { readUpload: ['download'], writeResult: ['upload'] }),
    urlImages: { fetch: async () => Promise.reject(new Error('Photos have no URLs')) },
    quota: delayed(unlimitedQuota(), {
      look: ['read'],
      reserve: ['read', 'commit'],
      settle: ['read', 'commit'],
    }),
    model: guardedModel(model.port(requestsPerMinute, random), memoryCircuit(), now),
    modelFiles: memoryModelCopies(),
    upkeep: { ...upkeep, queue },
    now,
    newToken: () => `token ${(tokens += 1)}`,
  }
  for (let index = 0; index < count; index++) {
    const name = `users/alice/uploads/${index}.jpg`
    const [imageId, generation, contentType] = [imageIdOf(BUCKET, name), '1700000000000001', 'image/jpeg']
    const bytes = Buffer.from(JSON.stringify({ id: name, kind: 'photo', hasPreview: false }))
    photos.files.set(name, { bytes, contentType, generation, createdAt: new Date(0) })
    const photo = {
      bucket: BUCKET,
      name,
      imageId,
      generation,
      contentType,
      owner: 'alice',
      sizeBytes: bytes.length,
    }
    scheduler.at(0, () => events.deliver(async () => annotateImage(photo, services, config)))
  }
  const isDone = () => {
    const documents = [...annotations.documents.values()]
    return documents.length === count && documents.every(({ completedAt }) => completedAt)
  }
  const sweepAt = (time: number) =>
    scheduler.at(time, () => {
      if (isDone() || time > LAST_SWEEP_MS) return
      void sweep(services, config, { walk: 'when-due', budgetMs: Number.POSITIVE_INFINITY })
      sweepAt(time + SWEEP_MS)
    })
  sweepAt(SWEEP_MS)
  await scheduler.runAll()
  const documents = [...annotations.documents.values()]
  const { accepted, rejected } = model

  return {
    seconds: Math.max(...documents.map(({ completedAt }) => completedAt?.getTime() ?? scheduler.now)) / 1000,
    accepted,
    rejected,
    runs: events.handled,
    refused: events.refused,
    failed: count - documents.filter(({ status }) => status === 'succeeded').length,
  }
}

type Latency = keyof typeof LATENCY_MS

/** Delays the methods of a port by what their operations take, varied by half up or down. */
function delaysOf(scheduler: Scheduler, random: Random) {
  return <T extends object>(port: T, operations: Partial<Record<keyof T, readonly Latency[]>>): T => {
    const delayed = { ...port }
    for (const key of Object.keys(operations) as (keyof T)[]) {
      const method = port[key] as (...args: unknown[]) => Promise<unknown>
      const usualMs = operations[key]!.reduce((sum, operation) => sum + LATENCY_MS[operation], 0)
      const call = async (...args: unknown[]) => {
        await sleep(scheduler, usualMs * random.between(0.5, 1.5))
        return method(...args)
      }
      delayed[key] = call as T[keyof T]
    }
    return delayed
  }
}

const { values } = parseArgs({ options: { album: { type: 'string' } } })
const result = await simulateAlbum(JSON.parse(values.album!) as AlbumOptions)
process.stdout.write(JSON.stringify(result))
