import { deleteApp, initializeApp } from 'firebase-admin/app'
import { type AggregateQuery, DocumentReference, getFirestore, WriteBatch } from 'firebase-admin/firestore'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { operatorMessage } from '../../../functions/src/pipeline/operator-message.ts'
import type { Spender } from '../../../functions/src/ports/quota-store.ts'
import { firestoreQuota } from '../../../functions/src/stores/firestore/firestore-quota.ts'
import { REQUESTS } from '../../support/call-samples.ts'
import { startCalls } from '../../support/calls.ts'
import { annotate, annotationOf, photos, png, upload } from '../../support/photo-run.ts'
import { exactly, NO_LIMITS } from '../../support/quota-limits.ts'
import { scriptedModel } from '../../support/vision.ts'

// Google answers in this way, the emulator needs no indexes: https://firebase.google.com/docs/firestore/query-data/indexing,
// 2026-11
const NO_INDEX = {
  code: 9,
  message:
    '9 FAILED_PRECONDITION: The query requires an index. You can create it here: https://console.firebase.google.com/',
}
const BUILDING = {
  code: 9,
  message:
    '9 FAILED_PRECONDITION: The query requires an index. That index is currently building and cannot be used yet.',
}
const DATASTORE_MODE = {
  code: 9,
  message: '9 FAILED_PRECONDITION: The Cloud Firestore API is not available for Firestore in Datastore Mode',
}

const app = initializeApp({ projectId: 'demo-missing-index' }, 'missing-index')
const firestore = getFirestore(app)
const calls = await startCalls()
afterAll(async () => Promise.all([deleteApp(app), calls.close()]))

const store = () => firestoreQuota(firestore, { random: () => 0 })
const ALICE: Spender = { uid: 'alice', kind: 'upload', account: 'verified' }
const NOW = new Date('2026-11-30T12:00:00Z')
const limits = { ...NO_LIMITS, projectTokensPerDay: 1000 }

const sumOf = vi.fn<() => Promise<unknown>>()
const commit = vi.fn<() => Promise<never>>()
beforeEach(() => {
  vi.spyOn(DocumentReference.prototype, 'get').mockResolvedValue({
    data: () => undefined,
    get: () => undefined,
  } as never)
  // The class is not exported as a value.
  const aggregates = Object.getPrototypeOf(firestore.collection('any').count()) as AggregateQuery<never>
  vi.spyOn(aggregates, 'get').mockImplementation(sumOf as never)
  vi.spyOn(WriteBatch.prototype, 'commit').mockImplementation(commit)
})
afterEach(() => {
  vi.restoreAllMocks()
  for (const mock of [sumOf, commit]) mock.mockReset()
})

const failWith = ({ code, message }: typeof NO_INDEX) => Object.assign(new Error(message), { code })

describe('firestoreQuota() without the index of the sum', () => {
  it.each([
    ['look()', 'missing', NO_INDEX],
    ['look()', 'being built', BUILDING],
    ['reserve()', 'missing', NO_INDEX],
    ['reserve()', 'being built', BUILDING],
  ] as const)('%s fails at once and names the index while it is %s', async (method, _, answer) => {
    sumOf.mockRejectedValue(failWith(answer))
    const failed =
      method === 'look()' ? store().look('alice', NOW) : store().reserve(ALICE, exactly(1), limits, NOW)
    const error = await failed.then(
      () => undefined,
      (thrown: unknown) => thrown as VisionError,
    )
    expect(error).toBeInstanceOf(VisionError)
    expect(error).toMatchObject({ code: 'storage-misconfigured' })
    // As operators read it in the log.
    expect(operatorMessage(error!, [])).toBe(
      'Firestore has no index firesightShards (tokens, restrictedTokens), or is still building it. Deploy firestore.indexes.json ' +
        'with `firebase deploy --only firestore:indexes`, and wait until the index is built',
    )
    expect(sumOf).toHaveBeenCalledTimes(1)
  })

  it('reserve() reports other failures of the read as they are, at once', async () => {
    sumOf.mockRejectedValue(failWith(DATASTORE_MODE))
    await expect(store().reserve(ALICE, exactly(1), limits, NOW)).rejects.toMatchObject(DATASTORE_MODE)
    expect(sumOf).toHaveBeenCalledTimes(1)
  })

  it('defers an upload, without an attempt and without reading it', async () => {
    sumOf.mockRejectedValue(failWith(NO_INDEX))
    const read = vi.spyOn(photos, 'readUpload')
    const photo = upload(png)
    expect(await annotate(photo, scriptedModel(), store())).toMatchObject({
      status: 'deferred',
      code: 'storage-misconfigured',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'deferred', attempts: 0 })
    expect(read).not.toHaveBeenCalled()
  })

  it('refuses a call at once', async () => {
    sumOf.mockRejectedValue(failWith(NO_INDEX))
    calls.reset({ quota: store() })
    const path = 'users/alice/uploads/photo.png'
    calls.store(path, png)
    const { error } = await calls.call('describeImage', REQUESTS.describeImage({ path }), { uid: 'alice' })
    expect(error).toMatchObject({
      status: 'INTERNAL',
      details: { reason: 'storage-misconfigured', retryable: false },
    })
    // The check before the photo is read, and the reservation.
    expect(sumOf).toHaveBeenCalledTimes(2)
    expect(await calls.requests()).toEqual([])
  })
})

describe('firestoreQuota() with concurrent writers', () => {
  it.each([5, 6, 9, 10])(
    'reserve() reads again after a commit failed with %d, up to 50 times',
    async (code) => {
      sumOf.mockResolvedValue({ data: () => ({ tokens: 0, restrictedTokens: 0 }) })
      commit.mockRejectedValue(failWith({ code, message: 'The document was changed' }))
      await expect(store().reserve(ALICE, exactly(1), limits, NOW)).rejects.toMatchObject({
        code: 'storage-unavailable',
      })
      expect(commit).toHaveBeenCalledTimes(50)
    },
  )
})
