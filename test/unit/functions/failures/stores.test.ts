import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { LEASE_SECONDS } from '../../../../functions/src/config/time-limits.ts'
import { toCloudStorage } from '../../../../functions/src/stores/cloud-storage/cloud-storage-failure.ts'
import { toFirestore } from '../../../../functions/src/stores/firestore/firestore-failure.ts'
import { startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, recordOutput, watchForLeaks } from '../../../support/canaries.ts'
import { deliver, documentOf, restoreModel } from '../../../support/deliver.ts'

/* Firestore and Cloud Storage fail after their clients have given up, with text that must not reach users or logs. */

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

let now: Date
beforeEach(async () => {
  now = new Date()
  calls.reset({ now: () => now })
  calls.store(PHOTO, photoBytes)
  await restoreModel(calls)
})

const failing = (code: number | string) => Object.assign(new Error('10 ABORTED: CANARY-TEXT'), { code })
const firestore = async (code: number) =>
  toFirestore<never>(async () => {
    throw failing(code)
  })
const cloudStorage = async (code: number | string) =>
  toCloudStorage<never>('read the photo', async () => {
    throw failing(code)
  }) as Promise<never>

const thrown = { ended: 'thrown', code: 'storage-unavailable' } as const
const callError = { status: 'UNAVAILABLE', details: { reason: 'storage-unavailable', retryable: true } }

/** Fails the first `times` uses of a port's method. */
function fail<Port>(port: Port, name: keyof Port, failure: () => Promise<never>, times = 1): void {
  const method = port[name] as (...given: unknown[]) => Promise<unknown>
  let left = times
  port[name] = (async (...given: unknown[]) =>
    left-- > 0 ? failure() : method.apply(port, given)) as Port[keyof Port]
}

/** The event is redelivered, and the photo succeeds. @param requests all requests to the model so far */
async function expectRecovery({ requests }: { requests: number }): Promise<void> {
  expect(await deliver()).toEqual({ ended: 'acknowledged' })
  expect(documentOf(calls)).toMatchObject({ status: 'succeeded', lease: null, crashes: 0 })
  expect(await calls.requests()).toHaveLength(requests)
}

describe('onImageUploaded()', () => {
  it.each([
    ['DEADLINE_EXCEEDED', 4],
    ['RESOURCE_EXHAUSTED', 8],
    ['ABORTED', 10],
    ['INTERNAL', 13],
    ['UNAVAILABLE', 14],
  ])('throws the event back when Firestore fails the claim with %s', async (_, code) => {
    fail(calls.annotations, 'claim', async () => firestore(code))
    expect(await deliver()).toEqual(thrown)
    expect(calls.annotations.documents.size).toBe(0)
    await expectRecovery({ requests: 2 })
  })

  it('releases the lease when a write was aborted', async () => {
    fail(calls.annotations, 'update', async () => firestore(10))
    expect(await deliver()).toEqual(thrown)
    expect(documentOf(calls)).toMatchObject({
      status: 'processing',
      lease: null,
      attempts: 0,
      error: { code: 'storage-unavailable' },
    })
    await expectRecovery({ requests: 2 })
  })

  it.each([503, 500, 429, 408, 'ECONNRESET'])(
    'throws the event back when Cloud Storage fails with %s',
    async (code) => {
      fail(calls.photos, 'readUpload', async () => cloudStorage(code))
      expect(await deliver()).toEqual(thrown)
      expect(documentOf(calls)).toMatchObject({ status: 'processing', lease: null, attempts: 0 })
      expect(await calls.requests()).toEqual([])
      await expectRecovery({ requests: 2 })
    },
  )

  it('does not repeat a step when the drawings cannot be stored', async () => {
    const { writeResult } = calls.photos
    calls.photos.writeResult = async (photo, path, bytes, type) =>
      path.endsWith('.png') ? cloudStorage(503) : writeResult(photo, path, bytes, type)
    expect(await deliver()).toEqual(thrown)
    expect(documentOf(calls)).toMatchObject({
      status: 'processing',
      steps: {
        describe: { state: 'succeeded', paidCalls: 1 },
        locate: { state: 'succeeded', paidCalls: 1 },
        draw: { state: 'pending' },
      },
    })
    calls.photos.writeResult = writeResult
    await expectRecovery({ requests: 2 })
  })

  it('repeats a step whose answer could not be stored, and counts both requests', async () => {
    const { writeResult } = calls.photos
    calls.photos.writeResult = async (photo, path, bytes, type) =>
      path.endsWith('.json') ? cloudStorage(503) : writeResult(photo, path, bytes, type)
    expect(await deliver()).toEqual(thrown)
    calls.photos.writeResult = writeResult
    await expectRecovery({ requests: 3 })
    expect(documentOf(calls).steps).toMatchObject({ describe: { paidCalls: 1 }, locate: { paidCalls: 2 } })
  })

  it('counts a crash when Firestore is down for so long that the lease cannot be released', async () => {
    fail(calls.annotations, 'update', async () => firestore(14), Number.POSITIVE_INFINITY)
    const { update } = calls.annotations
    expect(await deliver()).toEqual(thrown)
    expect(documentOf(calls).lease).not.toBeNull()
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'claimed-elsewhere' })
    now = new Date(now.getTime() + (LEASE_SECONDS + 1) * 1000)
    expect(calls.annotations.update).toBe(update)
    expect(await deliver()).toEqual(thrown)
    expect(documentOf(calls)).toMatchObject({ crashes: 1 })
  })
})

describe('annotateImage()', () => {
  it.each<[string, () => void]>([
    ['Firestore aborts the claim', () => fail(calls.annotations, 'claim', async () => firestore(10))],
    ['Firestore aborts a write', () => fail(calls.annotations, 'update', async () => firestore(10))],
    [
      'Cloud Storage cannot read the photo',
      () => fail(calls.photos, 'readUpload', async () => cloudStorage(503)),
    ],
    [
      'Cloud Storage cannot find the photo',
      () => fail(calls.photos, 'findUpload', async () => cloudStorage(503)),
    ],
  ])('returns UNAVAILABLE when %s, and continues when it is called again', async (_, failStore) => {
    failStore()
    const { error } = await calls.call('annotateImage', { path: PHOTO })
    recordOutput(error)
    expect(error).toMatchObject(callError)
    const { result } = await calls.call('annotateImage', { path: PHOTO })
    expect(result).toMatchObject({ status: 'succeeded' })
    expect(await calls.requests()).toHaveLength(2)
  })
})
