import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { FAILURES as CODES } from '../../../functions/src/errors.ts'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import { logged, startCalls } from '../../support/calls.ts'
import { PHOTO, photoBytes, watchForLeaks } from '../../support/canaries.ts'
import { type Delivery, deliver, documentOf, makeWell, scriptDescription } from '../../support/deliver.ts'
import { type Failure, pacing } from '../../support/failure-row.ts'
import { PHOTO_FAILURES } from '../../support/failure-table.ts'

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

const reset = ({ timeoutMs = 2000 }: Partial<Failure> = {}) => {
  calls.reset({ model: calls.model(RETRY_POLICY, { pacing, timeoutMs }) })
  calls.store(PHOTO, photoBytes)
}
beforeEach(async () => {
  reset()
  await calls.forget()
})

const waits = ({ document }: Failure) => document === 'processing' || document === 'deferred'

/** How the first delivery ends: its event comes again only when it was thrown. */
const deliveryOf = ({ document, code }: Failure): Delivery =>
  document === 'processing' ? { ended: 'thrown', code } : { ended: 'acknowledged' }

describe('onImageUploaded when the model fails both steps', () => {
  it.each(PHOTO_FAILURES)('row $row, $what: $document, $code', async (failure) => {
    const { reply, code, requests, paidCalls, document } = failure
    reset(failure)
    await calls.script({ reply })
    expect(await deliver()).toEqual(deliveryOf(failure))
    const { status, error, lease, steps } = documentOf(calls)
    const stored = { code, message: CODES[code].message, retryable: CODES[code].retryable }
    expect({ status, error, lease }).toEqual({ status: document, error: stored, lease: null })
    for (const step of [steps.describe, steps.locate]) {
      expect(step).toMatchObject({ state: waits(failure) ? 'pending' : 'failed', error: stored })
      expect(step.paidCalls ?? 0).toBe(paidCalls)
    }
    expect(await calls.requests()).toHaveLength(2 * requests)
    // One line a delivery, so that what is told elsewhere is not all there is.
    expect(logged.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ code })])

    // Brought again: by the event service, or by the sweeper when it was laid aside.
    await makeWell(calls)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls).status).toBe(waits(failure) ? 'succeeded' : document)
    expect(await calls.requests()).toHaveLength(waits(failure) ? 2 : 0)
  })
})

describe('onImageUploaded when the model fails one step', () => {
  it.each(PHOTO_FAILURES)('row $row, $what: the other step is paid once', async (failure) => {
    const { reply, code, requests, paidCalls, document } = failure
    reset(failure)
    await scriptDescription(calls)
    await calls.script({ reply })
    expect(await deliver()).toEqual(deliveryOf(failure))
    const { status, error, steps, caption } = documentOf(calls)
    expect({ status, code: error?.code }).toEqual({ status: waits(failure) ? document : 'partial', code })
    expect(caption).toBe('CANARY-CAPTION')
    expect(steps.describe).toMatchObject({ state: 'succeeded', paidCalls: 1 })
    expect(steps.locate).toMatchObject({ state: waits(failure) ? 'pending' : 'failed', error: { code } })
    expect(steps.locate.paidCalls ?? 0).toBe(paidCalls)
    expect(await calls.requests()).toHaveLength(1 + requests)

    await makeWell(calls)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    const after = documentOf(calls)
    expect(after.status).toBe(waits(failure) ? 'succeeded' : 'partial')
    expect(after.steps.describe).toEqual(steps.describe)
    expect(after.steps.locate.paidCalls ?? 0).toBe(paidCalls + (waits(failure) ? 1 : 0))
    expect(await calls.requests()).toHaveLength(waits(failure) ? 1 : 0)
  })
})
