import { randomUUID } from 'node:crypto'
import { Storage } from '@google-cloud/storage'
import { deleteApp, getApps, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { Config } from '../../functions/src/config/config.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Photo } from '../../functions/src/document/annotation.ts'
import { imageIdOf, resultPaths } from '../../functions/src/document/storage-paths.ts'
import { asVisionError } from '../../functions/src/errors.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import type { QueuedPhoto } from '../../functions/src/ports/upkeep.ts'
import type { ModelRequest } from '../../functions/src/ports/vision-model.ts'
import { getServices, replaceServices } from '../../functions/src/services.ts'
import { BUCKET, PROJECT } from '../support/app.ts'
import { gemini } from '../support/gemini-control.ts'
import { exactly, NO_LIMITS } from '../support/quota-limits.ts'

/* Two instances of a kit in one project: the services of getServices(), with the emulators. */

const app = initializeApp({ projectId: PROJECT, storageBucket: BUCKET })
const firestore = getFirestore(app)
const storage = new Storage({ projectId: PROJECT })

afterEach(() => {
  vi.unstubAllEnvs()
  replaceServices(undefined)
})
afterAll(async () => {
  await gemini.reset()
  await Promise.all(getApps().map(async (each) => deleteApp(each)))
})

/** A bucket of its own for each test: the deployed functions watch the default bucket. */
const newBucket = () => `instances-${randomUUID()}`
const newIds = () => ['a', 'b'].map((name) => `${name}-${randomUUID()}`) as [string, string]

type Instance = { services: Services; config: Config; queued: QueuedPhoto[] }

async function instance(
  id: string,
  bucket = BUCKET,
  environment: Record<string, string> = {},
): Promise<Instance> {
  vi.stubEnv('FIREBASE_KIT_INSTANCE_ID', id)
  replaceServices(undefined)
  const config = readConfig(environment)
  const built = await getServices(config, () => 'any')
  const queued: QueuedPhoto[] = []
  const queue = {
    async enqueue(photo: QueuedPhoto) {
      queued.push(photo)
      return 'enqueued' as const
    },
  }
  return { services: { ...built, bucket, upkeep: { ...built.upkeep, queue } }, config, queued }
}

const requestOf = (text: string): ModelRequest => ({
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ text }],
  thinking: 'least',
  maxOutputTokens: 10,
})

/** An upload whose worker has died. */
async function leaveOverdue(
  { services: { annotations } }: Instance,
  bucket: string,
  name: string,
): Promise<Photo> {
  await storage.bucket(bucket).file(name).save('photo', { resumable: false, contentType: 'image/png' })
  const [{ generation }] = await storage.bucket(bucket).file(name).getMetadata()
  const photo = {
    imageId: imageIdOf(bucket, name),
    owner: 'alice',
    bucket,
    name,
    generation: String(generation),
    contentType: 'image/png',
    sizeBytes: 5,
  }
  const past = new Date(Date.now() - 3_600_000)
  await annotations.claim(photo, { token: 'dead', expiresAt: past }, past)
  return photo
}

describe('two instances', () => {
  it('an invalid key in one does not stop the requests of the other', async () => {
    const [one, other] = newIds()
    const [a, b] = [await instance(one), await instance(other)]
    const text = `instances ${one}`
    const reason = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
    }
    const error = { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details: [reason] }
    await gemini.script({
      match: { textIncludes: text, imageSize: undefined },
      reply: { status: 400, body: { error } },
    })
    await expect(a.services.model.generate(requestOf(text))).rejects.toMatchObject({
      code: 'model-misconfigured',
    })
    await expect(a.services.model.generate(requestOf('Hello.'))).rejects.toMatchObject({
      message: expect.stringContaining('circuit is open'),
    })
    await b.services.model.generate(requestOf('Hello.'))
    const circuit = await firestore.doc(`firesight/${one}/firesightCircuits/gemini-api`).get()
    expect(circuit.get('code')).toBe('model-misconfigured')
  })

  it('a sweep of one neither replaces the sweep of the other, nor queues nor removes its photos', async () => {
    const [one, other] = newIds()
    const bucket = newBucket()
    const a = await instance(one, bucket)
    const b = await instance(other, bucket, { UPLOAD_PATH: 'users/{uid}/receipts/{fileName}' })
    const own = await leaveOverdue(a, bucket, 'users/alice/uploads/ball.png')
    const receipt = await leaveOverdue(b, bucket, 'users/alice/receipts/bill.png')
    for (const { services, config } of [a, b]) {
      const report = await sweep(services, config, { walk: 'when-due', budgetMs: 60_000 })
      expect(report).toMatchObject({ redriven: 1, removed: 0, walked: true })
    }
    expect([a.queued, b.queued]).toEqual([[{ bucket, name: own.name }], [{ bucket, name: receipt.name }]])
    const progress = await firestore.doc(`firesight/${other}/firesightUpkeep/sweep`).get()
    expect(progress.get('leasedUntil')).toBeNull()
  })

  it('the kill switch of one does not pause the other', async () => {
    const [one, other] = newIds()
    const [a, b] = [await instance(one), await instance(other)]
    await firestore.doc(`firesight/${one}/firesightSettings/killSwitch`).set({ paused: true })
    const reserve = async ({ services: { quota } }: Instance) =>
      quota.reserve({ uid: one, kind: 'call', account: 'verified' }, exactly(1), NO_LIMITS, new Date())
    await expect(reserve(a)).rejects.toMatchObject({ code: 'service-paused' })
    await reserve(b)
    // Users have one allowance in the project.
    expect((await firestore.doc(`firesightQuotas/${one}`).get()).exists).toBe(true)
  })
})

describe('an instance with a database and a collection of its own', () => {
  it('keeps annotations and state there, and leaves results of other documents', async () => {
    const [one] = newIds()
    const bucket = newBucket()
    const a = await instance(one, bucket)
    const b = await instance(one, bucket, { FIRESTORE_DATABASE: 'named', IMAGES_COLLECTION: 'pictures' })
    const named = getFirestore(app, 'named')
    const photo = await leaveOverdue(b, bucket, 'users/alice/uploads/ball.png')
    expect((await named.doc(`pictures/${photo.imageId}`).get()).get('owner')).toBe('alice')
    expect((await firestore.doc(`images/${photo.imageId}`).get()).exists).toBe(false)

    const { preview, folder } = resultPaths(photo)
    const results = async () =>
      (await storage.bucket(bucket).getFiles({ prefix: folder }))[0].map(({ name }) => name)
    await b.services.photos.writeResult(photo, preview, Buffer.from('jpeg'), 'image/jpeg')
    const options = { walk: 'now', budgetMs: 60_000 } as const
    /** Sweeps as if the result had been written two hours ago. */
    const sweepLater = async ({ services, config }: Instance) =>
      sweep({ ...services, now: () => new Date(Date.now() + 7_200_000) }, config, options)

    expect(await sweepLater(a)).toMatchObject({ deletedFiles: 0, removed: 0 })
    expect(await results()).toEqual([preview])
    expect(await sweepLater(b)).toMatchObject({ redriven: 1, deletedFiles: 0 })
    expect((await named.doc(`firesight/${one}/firesightUpkeep/sweep`).get()).exists).toBe(true)
    await named.doc(`pictures/${photo.imageId}`).delete()
    expect(await sweepLater(b)).toMatchObject({ deletedFiles: 1 })
    expect(await results()).toEqual([])
  })

  it.each([
    ['project', 'shared'],
    ['instance', 'separate'],
  ])('has, with QUOTA_SCOPE=%s, %s allowances', async (QUOTA_SCOPE) => {
    const ids = newIds()
    const user = ids[0]
    const spender = { uid: user, kind: 'call', account: 'verified' } as const
    const limits = { ...NO_LIMITS, callsPerMinute: 1 }
    const outcomes: string[] = []
    for (const id of ids) {
      const { services } = await instance(id, BUCKET, { QUOTA_SCOPE })
      const reserved = services.quota.reserve(spender, exactly(1), limits, new Date())
      outcomes.push(
        await reserved.then(
          () => 'granted',
          (error: unknown) => asVisionError(error)?.code ?? 'broken',
        ),
      )
    }
    expect(outcomes).toEqual(['granted', QUOTA_SCOPE === 'project' ? 'calls-exceeded' : 'granted'])
  })
})
