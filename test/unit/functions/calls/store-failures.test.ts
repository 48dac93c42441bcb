import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { VisionError } from '../../../../functions/src/errors.ts'
import { toFirestore } from '../../../../functions/src/stores/firestore/firestore-failure.ts'
import { unlimitedQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { logged, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const OWN = { path: 'users/alice/uploads/scene.png' }
beforeEach(async () => {
  calls.reset()
  calls.store(OWN.path, png)
  await calls.forget()
})

describe.each(CALL_NAMES)('%s()', (name) => {
  it('returns UNAVAILABLE while Cloud Storage is down', async () => {
    calls.photos.readLive = async () => {
      throw new VisionError('storage-unavailable', 'Cannot find CANARY')
    }
    const { error } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toMatchObject({
      status: 'UNAVAILABLE',
      details: { reason: 'storage-unavailable', retryable: true },
    })
    expect(JSON.stringify(error)).not.toContain('CANARY')
  })

  it.each([4, 10, 14])('returns UNAVAILABLE when Firestore fails with status %i', async (code) => {
    const quota = unlimitedQuota()
    quota.reserve = async () =>
      toFirestore(async () => {
        throw Object.assign(new Error('ABORTED: Too much contention on CANARY'), { code })
      })
    calls.reset({ quota })
    calls.store(OWN.path, png)
    const { error } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toMatchObject({ status: 'UNAVAILABLE', details: { reason: 'storage-unavailable' } })
    expect(JSON.stringify(error)).not.toContain('CANARY')
  })

  it.each(['object-gone', 'object-superseded'] as const)(
    'returns NOT_FOUND when the photo disappears while it is read: %s',
    async (code) => {
      calls.photos.readLive = async () => {
        throw new VisionError(code, 'gone')
      }
      const { error } = await calls.call(name, REQUESTS[name](OWN))
      expect(error).toMatchObject({ status: 'NOT_FOUND', details: { reason: code } })
    },
  )

  it('returns only "internal" for a bug, and logs it with the request id of the error', async () => {
    calls.photos.readLive = async () => {
      throw new TypeError('cannot read CANARY of undefined')
    }
    const { error } = await calls.call(name, REQUESTS[name](OWN))
    expect(error).toMatchObject({ status: 'INTERNAL', details: { reason: 'internal', retryable: true } })
    expect(JSON.stringify(error)).not.toContain('CANARY')
    expect(logged.find((line) => line.includes(error!.details!.requestId))).toContain('TypeError')
  })
})
