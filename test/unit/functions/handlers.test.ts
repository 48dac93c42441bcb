import firebaseFunctionsTest from 'firebase-functions-test'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { VisionError } from '../../../functions/src/errors.ts'
import type { Services } from '../../../functions/src/ports/services.ts'
import { httpsImages } from '../../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { memoryAnnotations, memoryPhotos } from '../../../functions/src/stores/memory/memory-photos.ts'
import { unlimitedQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { memoryUpkeep } from '../../../functions/src/stores/memory/memory-upkeep.ts'
import { DESCRIPTION, scriptedModel } from '../../support/vision.ts'

const BUCKET = 'demo-firesight.appspot.com'
const NAME = 'users/alice/uploads/ball.png'

// The logger of firebase-functions keeps the console that it finds on import, so import the functions after
// this.
const lines: string[] = []
for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) {
  vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line))
}

// Sets FIREBASE_CONFIG, which the functions read on import.
const testing = firebaseFunctionsTest({ projectId: 'demo-firesight', storageBucket: BUCKET })
const { onBackfillQueued, onImageDeleted, onImageUploaded, onPhotoQueued } = await import(
  '../../../functions/src/index.ts'
)
const { replaceServices } = await import('../../../functions/src/services.ts')
afterAll(() => testing.cleanup())

const uploaded = testing.wrap(onImageUploaded)
const deleted = testing.wrap(onImageDeleted)
const event = (name: string, generation = '1') =>
  ({ data: { bucket: BUCKET, name, generation, contentType: 'image/png', size: '9' } }) as never

let annotations: ReturnType<typeof memoryAnnotations>
let photos: ReturnType<typeof memoryPhotos>
beforeEach(async () => {
  annotations = memoryAnnotations()
  photos = memoryPhotos()
  const bytes = await sharp({ create: { width: 80, height: 60, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  photos.files.set(NAME, { bytes, contentType: 'image/png', generation: '1' })
})
afterEach(() => {
  replaceServices(undefined)
  lines.length = 0
})

function use(model: Services['model']): Services {
  let tokens = 0
  const services: Services = {
    bucket: BUCKET,
    accounts: memoryAccounts(),
    annotations,
    photos,
    urlImages: httpsImages(),
    quota: unlimitedQuota(),
    upkeep: memoryUpkeep(
      () => annotations.documents,
      () => photos.files,
    ),
    model,
    modelFiles: memoryModelCopies(),
    now: () => new Date(),
    newToken: () => `token-${++tokens}`,
  }
  replaceServices(services)
  return services
}

describe('onImageUploaded', () => {
  it('annotates a photo under its id', async () => {
    use(scriptedModel().model)
    await uploaded(event(NAME))
    expect(annotations.documents.get(imageIdOf(BUCKET, NAME))).toMatchObject({
      status: 'succeeded',
      owner: 'alice',
      generation: '1',
      sizeBytes: 9,
    })
  })

  it.each(['users/alice/annotations/id/1/overlay.png', 'users/alice/uploads/deep/er.jpg', 'elsewhere.jpg'])(
    'ignores %s',
    async (name) => {
      const { model, requests } = scriptedModel()
      use(model)
      await uploaded(event(name))
      expect(annotations.documents.size).toBe(0)
      expect(requests).toEqual([])
    },
  )

  it('rethrows a transient failure, so that the event is redelivered', async () => {
    use(scriptedModel({ describe: [new VisionError('model-unavailable', 'down')] }).model)
    await expect(uploaded(event(NAME))).rejects.toMatchObject({ code: 'model-unavailable' })
  })

  it('logs one line with ids and numbers, without the name or content of the photo', async () => {
    use(
      scriptedModel({
        describe: [{ caption: 'CANARY', altText: 'CANARY', labels: ['CANARY'], text: 'CANARY' }],
      }).model,
    )
    await uploaded(event(NAME))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      message: 'photo annotated',
      imageId: imageIdOf(BUCKET, NAME),
      status: 'succeeded',
    })
    expect(lines[0]).not.toMatch(/canary|ball\.png|alice/i)
  })
})

describe('onImageUploaded with a wrong key', () => {
  it('defers the photo and logs an error for the operator', async () => {
    const wrongKey = [new VisionError('model-misconfigured', 'no')]
    use(scriptedModel({ describe: wrongKey, locate: wrongKey }).model)
    await uploaded(event(NAME))
    expect(JSON.parse(lines[0]!)).toMatchObject({
      severity: 'ERROR',
      code: 'model-misconfigured',
      status: 'deferred',
    })
  })
})

describe('onImageDeleted', () => {
  it('removes the results', async () => {
    use(scriptedModel().model)
    await uploaded(event(NAME))
    expect(photos.files.size).toBeGreaterThan(1)
    photos.files.delete(NAME)
    await deleted(event(NAME))
    expect(photos.files.size).toBe(0)
    expect(annotations.documents.get(imageIdOf(BUCKET, NAME))?.status).toBe('deleted')
  })

  it('ignores deleted results', async () => {
    use(scriptedModel().model)
    await deleted(event('users/alice/annotations/id/1/overlay.png'))
    expect(annotations.documents.size).toBe(0)
  })
})

describe('tasks of a backfill', () => {
  const task = { data: { bucket: BUCKET, name: NAME, backfill: 'b' }, id: 'task' } as never
  const backfill = {
    state: 'running',
    dryRun: false,
    prefix: '',
    maxPhotos: 1,
    retry: false,
    startedBy: 'operator',
    seen: 1,
    photos: 1,
    estimate: { tokens: 0, usd: 0 },
    ended: {},
    cursor: null,
    leasedUntil: null,
    startedAt: new Date(),
    updatedAt: new Date(),
  }
  beforeEach(() => {
    vi.stubEnv('BACKFILL_SERVICE_TIER', 'flex')
    return () => vi.unstubAllEnvs()
  })

  it.each([
    ['onBackfillQueued uses the service tier of backfills', onBackfillQueued, 'flex', 1860],
    ['onPhotoQueued, for tasks of an older version, uses the standard tier', onPhotoQueued, undefined, 360],
  ])('%s', async (_, queue, tier, leaseSeconds) => {
    let leaseMs: number | undefined
    const script = scriptedModel({
      describe: [
        async () => {
          const { lease } = annotations.documents.get(imageIdOf(BUCKET, NAME))!
          leaseMs = lease!.expiresAt.getTime() - Date.now()
          return DESCRIPTION
        },
      ],
    })
    const services = use(script.model)
    await services.upkeep.progress.change('firesightBackfills/b', () => backfill)
    await queue.run(task)
    expect(script.requests.map(({ request }) => request.serviceTier)).toEqual([tier, tier])
    expect(Math.round(leaseMs! / 10_000)).toBe(leaseSeconds / 10)
    expect(await services.upkeep.progress.read('firesightBackfills/b')).toMatchObject({
      ended: { succeeded: 1 },
    })
  })
})
