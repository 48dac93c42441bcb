import { randomUUID } from 'node:crypto'
import { Bucket, File, IdempotencyStrategy, Storage } from '@google-cloud/storage'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import {
  type AggregateQuery,
  DocumentReference,
  getFirestore,
  Query,
  Transaction,
  WriteBatch,
} from 'firebase-admin/firestore'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { answerQuestion } from '../../functions/src/callables/answer-question.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { guardedModel } from '../../functions/src/model/guarded-model.ts'
import { annotateImage, removeAnnotation } from '../../functions/src/pipeline/annotate-image.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { cloudStoragePhotos } from '../../functions/src/stores/cloud-storage/cloud-storage-photos.ts'
import { firestoreAnnotations } from '../../functions/src/stores/firestore/firestore-annotations.ts'
import { firestoreCircuit } from '../../functions/src/stores/firestore/firestore-circuit.ts'
import { firestoreModelFiles } from '../../functions/src/stores/firestore/firestore-model-files.ts'
import { firestoreQuota } from '../../functions/src/stores/firestore/firestore-quota.ts'
import { httpsImages } from '../../functions/src/stores/https/https-images.ts'
import { memoryAccounts } from '../../functions/src/stores/memory/memory-accounts.ts'
import { memoryModelCopies } from '../../functions/src/stores/memory/memory-model-files.ts'
import { memoryUpkeep } from '../../functions/src/stores/memory/memory-upkeep.ts'
import { loadOperations } from '../../tools/docs-cost-services.ts'
import { BUCKET, PROJECT } from '../support/app.ts'
import { drawScene, FOUR_SHAPES } from '../support/scene.ts'
import { DESCRIPTION, OBJECTS, scriptedModel } from '../support/vision.ts'

/*
 * Counts what one photo costs in Firestore and Cloud Storage, at the methods of their clients.
 * docs/cost/operations.json has the same numbers, from which docs/cost.md is generated.
 */

const app = initializeApp({ projectId: PROJECT }, 'operations')
const firestore = getFirestore(app)
const storage = new Storage({
  projectId: PROJECT,
  retryOptions: { idempotencyStrategy: IdempotencyStrategy.RetryAlways },
})
afterAll(() => deleteApp(app))
afterEach(() => vi.restoreAllMocks())

/** The class is not exported as a value. */
const aggregates = Object.getPrototypeOf(firestore.collection('counted').count()) as AggregateQuery<never>

function countOperations() {
  const spies = {
    firestoreReads: [
      vi.spyOn(Transaction.prototype, 'get'),
      vi.spyOn(DocumentReference.prototype, 'get'),
      // A query without results is billed as one read.
      vi.spyOn(Query.prototype, 'get'),
      // The sum of at most 20 shards is billed as one read.
      vi.spyOn(aggregates, 'get'),
    ],
    // Every write of the client goes through a batch.
    firestoreWrites: [
      vi.spyOn(WriteBatch.prototype, 'set'),
      vi.spyOn(WriteBatch.prototype, 'update'),
      vi.spyOn(WriteBatch.prototype, 'create'),
    ],
    firestoreDeletes: [vi.spyOn(WriteBatch.prototype, 'delete')],
    storageClassA: [vi.spyOn(File.prototype, 'save'), vi.spyOn(Bucket.prototype, 'getFiles')],
    storageClassB: [vi.spyOn(File.prototype, 'getMetadata'), vi.spyOn(File.prototype, 'createReadStream')],
  }
  return () => {
    const counts = Object.entries(spies).map(([unit, methods]) => [
      unit,
      methods.reduce((sum, { mock }) => sum + mock.calls.length, 0),
    ])
    vi.restoreAllMocks()
    return Object.fromEntries(counts) as Record<keyof typeof spies, number>
  }
}

function buildServices(model: Services['model']): Services {
  const upkeep = memoryUpkeep(
    () => new Map(),
    () => new Map(),
  )
  return {
    bucket: BUCKET,
    accounts: memoryAccounts(),
    photos: cloudStoragePhotos(storage, ''),
    annotations: firestoreAnnotations(firestore),
    urlImages: httpsImages(),
    quota: firestoreQuota(firestore),
    upkeep,
    model: guardedModel(model, firestoreCircuit(firestore), () => new Date()),
    modelFiles: { records: firestoreModelFiles(firestore), uploads: memoryModelCopies().uploads },
    now: () => new Date(),
    newToken: randomUUID,
  }
}

/** Objects in different places. */
const four = [0, 1, 2, 3].map((i) => ({
  ...OBJECTS[0]!,
  label: `ball ${i}`,
  box_2d: [250, 100 + i * 200, 750, 250 + i * 200],
  mask: [
    [100 + i * 200, 250],
    [250 + i * 200, 250],
    [250 + i * 200, 750],
  ],
}))

it('a photo of four objects, a question about it and its deletion cost the operations of docs/cost.md', async () => {
  const { png } = await drawScene(FOUR_SHAPES)
  const owner = `operations-${process.pid}`
  // Not in UPLOAD_PATH of the running functions, which must not annotate this photo.
  const name = `counted/${owner}/photo.png`
  const file = storage.bucket(BUCKET).file(name)
  await file.save(png, { resumable: false, contentType: 'image/png' })
  const [{ generation }] = await file.getMetadata()
  const photo = {
    imageId: imageIdOf(BUCKET, name),
    owner,
    bucket: BUCKET,
    name,
    generation: String(generation),
    contentType: 'image/png',
    sizeBytes: png.length,
  }
  const services = buildServices(scriptedModel({ describe: [DESCRIPTION], locate: [four] }).model)

  const ofPhoto = countOperations()
  const outcome = await annotateImage(photo, services, readConfig({}))
  const photoCounts = ofPhoto()
  expect(outcome).toMatchObject({ ended: 'finished', status: 'succeeded' })

  const ofQuestion = countOperations()
  const config = readConfig({ UPLOAD_PATH: 'counted/{uid}/{fileName}' })
  const signedIn = { account: 'verified' as const, signedInAt: new Date(), signInProvider: 'password' }
  const caller = { uid: owner, ...signedIn, signal: new AbortController().signal }
  await answerQuestion({ images: { path: name }, question: 'What is it?' }, { ...caller, services, config })
  const questionCounts = ofQuestion()

  const ofDeletion = countOperations()
  await removeAnnotation(photo, services)
  const deletionCounts = ofDeletion()

  expect({
    photo: { ...photoCounts, invocations: 1 },
    question: { ...questionCounts, invocations: 1 },
    // The TTL policy removes the tombstone after seven days, which is billed as a delete.
    deletion: { ...deletionCounts, firestoreDeletes: deletionCounts.firestoreDeletes + 1, invocations: 1 },
  }).toEqual({
    photo: loadOperations()['photo of 4 objects'],
    question: loadOperations()['question about a photo'],
    deletion: loadOperations()['deleted photo'],
  })
})
