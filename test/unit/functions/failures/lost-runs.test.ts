import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LEASE_SECONDS } from '../../../../functions/src/config/time-limits.ts'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import { MAX_CRASHES } from '../../../../functions/src/pipeline/attempt-limits.ts'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { BUCKET, logged, startCalls } from '../../../support/calls.ts'
import { PHOTO, photoBytes, recordOutput, watchForLeaks } from '../../../support/canaries.ts'
import { deliver, documentOf, GENERATION, restoreModel } from '../../../support/deliver.ts'

/* Runs that lose their lease, their caller, their photo or their process. */

const calls = await startCalls()
afterAll(() => calls.close())
watchForLeaks()

const NEWER = '1700000000000002'
let now: Date
let quota: ReturnType<typeof memoryQuota>
beforeEach(async () => {
  now = new Date()
  quota = memoryQuota()
  calls.reset({ now: () => now, quota })
  calls.store(PHOTO, photoBytes)
  await restoreModel(calls)
})

const expireLease = () => (now = new Date(now.getTime() + (LEASE_SECONDS + 1) * 1000))
const waitForRequests = async (count: number) =>
  vi.waitFor(async () => expect(await calls.requests()).toHaveLength(count), { timeout: 20_000 })
const annotate = async () => {
  const { error, result } = await calls.call('annotateImage', { path: PHOTO })
  recordOutput(error)
  return { error, result }
}

/** The first answer to each step is slow and differs from the later ones. */
async function scriptLateAnswers(): Promise<void> {
  await calls.forget()
  await calls.script({ times: 2, reply: { delayMs: 700, text: '[]' } })
  const good = { caption: 'CANARY', altText: 'CANARY', labels: ['canary'], text: '' }
  await calls.script({ match: { textIncludes: 'Describe this' }, reply: { text: JSON.stringify(good) } })
  await calls.script({ reply: { text: '[{"box_2d":[0,0,500,500],"label":"canary"}]' } })
}

describe('onImageUploaded(), when another run takes over', () => {
  it('discards its results and acknowledges the event when its lease expired', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await waitForRequests(2)
    expireLease()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    const document = documentOf(calls)
    expect(document).toMatchObject({ status: 'succeeded', crashes: 1 })
    expect(await first).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toEqual(document)
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ ended: 'skipped', reason: 'claim-lost' })
    expect(await calls.requests()).toHaveLength(4)
  })

  it('discards its results when the photo was replaced', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await waitForRequests(2)
    calls.store(PHOTO, photoBytes, NEWER)
    expect(await deliver(NEWER)).toEqual({ ended: 'acknowledged' })
    expect(await first).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', generation: NEWER, caption: 'CANARY' })
    const ofFirst = [...calls.photos.files.keys()].filter((name) => name.includes(`/${GENERATION}/`))
    expect(ofFirst).toEqual([])
  })

  it('returns claim-lost to the caller of annotateImage()', async () => {
    await scriptLateAnswers()
    const first = annotate()
    await waitForRequests(2)
    expireLease()
    await deliver()
    expect((await first).error).toMatchObject({ status: 'ABORTED', details: { reason: 'claim-lost' } })
    expect(documentOf(calls).status).toBe('succeeded')
  })

  it('throws the event back while another run holds the lease', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await waitForRequests(2)
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'claimed-elsewhere' })
    expect((await annotate()).error).toMatchObject({
      status: 'ABORTED',
      details: { reason: 'claimed-elsewhere', retryable: true },
    })
    await first
    // The first run repeats the description, which it could not read.
    expect(await calls.requests()).toHaveLength(3)
  })
})

describe('answerQuestion(), when the client disconnects', () => {
  const request = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }

  it.each(['whole', 'streamed'])('aborts the request to the model, and charges it: %s', async (how) => {
    await calls.forget()
    await calls.script({ reply: { delayMs: 60_000 } })
    const gone = new AbortController()
    const answer =
      how === 'whole'
        ? calls.call('answerQuestion', request, { signal: gone.signal })
        : calls.streamAnswer(request, { signal: gone.signal }).next()
    const ended = Promise.resolve(answer).then(
      () => 'answered',
      (error: Error) => error.name,
    )
    await waitForRequests(1)
    gone.abort()
    await ended
    await vi.waitFor(() => expect(logged.join()).toContain('"code":"cancelled"'), { timeout: 20_000 })
    await vi.waitFor(async () => expect((await calls.requests())[0]).toMatchObject({ aborted: true }), {
      timeout: 20_000,
    })
    const [day] = Object.values(quota.allowances.get('user alice')!.days)
    expect(day!.spentTokens).toBeGreaterThan(1000)
    expect(Object.keys(day!.open)).toEqual([])
  })
})

describe('onImageUploaded(), when the photo is not the one of the event', () => {
  it('ends as deleted when the photo is gone', async () => {
    calls.photos.files.delete(PHOTO)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(calls.annotations.documents.get(imageIdOf(BUCKET, PHOTO))?.status).toBe('deleted')
    expect(await calls.requests()).toEqual([])
    expect((await annotate()).error).toMatchObject({
      status: 'NOT_FOUND',
      details: { reason: 'object-gone', retryable: false },
    })
  })

  it('ends as superseded when the photo was replaced, and annotates the newer one', async () => {
    calls.store(PHOTO, photoBytes, NEWER)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'superseded', error: { code: 'object-superseded' } })
    expect(await calls.requests()).toEqual([])
    expect(await deliver(NEWER)).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', generation: NEWER })
  })

  it('returns object-superseded to the caller of annotateImage()', async () => {
    const { readUpload } = calls.photos
    calls.photos.readUpload = async (photo, most) => {
      calls.store(PHOTO, photoBytes, NEWER)
      return readUpload(photo, most)
    }
    expect((await annotate()).error).toMatchObject({
      status: 'NOT_FOUND',
      details: { reason: 'object-superseded' },
    })
  })
})

describe('onImageUploaded(), after workers crashed', () => {
  /** A worker claims the photo and never ends. */
  async function crash(): Promise<void> {
    await calls.forget()
    await calls.script({ reply: { fault: 'hang' } })
    void deliver()
    await waitForRequests(2)
    expireLease()
    await restoreModel(calls)
  }

  it.each([1, 2])('annotates the photo after %i crashes', async (crashes) => {
    for (let i = 0; i < crashes; i++) await crash()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({
      status: 'succeeded',
      crashes,
      steps: { describe: { paidCalls: crashes + 1 }, locate: { paidCalls: crashes + 1 } },
    })
  })

  it('fails the photo after three crashes without another request', async () => {
    for (let i = 0; i < MAX_CRASHES; i++) await crash()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'failed', error: { code: 'crashed' }, lease: null })
    expect(await calls.requests()).toEqual([])
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ severity: 'ERROR', code: 'crashed', crashes: 3 })
  })

  it('lets annotateImage() report the crashes once, and then try again', async () => {
    for (let i = 0; i < MAX_CRASHES; i++) await crash()
    expect((await annotate()).error).toMatchObject({ status: 'INTERNAL', details: { reason: 'crashed' } })
    expect((await annotate()).result).toMatchObject({ status: 'succeeded' })
  })
})
