import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { MAX_CRASHES } from '../../../functions/src/pipeline/start-run.ts'
import { memoryQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { BUCKET, logged, startCalls } from '../../support/calls.ts'
import { keepForCanaries, PHOTO, photoBytes, watchForLeaks } from '../../support/canaries.ts'
import { deliver, documentOf, GENERATION, makeWell } from '../../support/deliver.ts'

/** Rows 27 to 29 and 32: what becomes of the work, of its photo and of its worker. Rows 25 and 26 are in files-api and large-requests. */

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
  await makeWell(calls)
})

const passLease = () => (now = new Date(now.getTime() + (LEASE_SECONDS + 1) * 1000))
const asked = async (times: number) =>
  vi.waitFor(async () => expect(await calls.requests()).toHaveLength(times), { timeout: 5000 })
const annotate = async () => {
  const { error, result } = await calls.call('annotateImage', { path: PHOTO })
  keepForCanaries(error)
  return { error, result }
}

/** The first two answers, one a step, come late and say something else. */
async function scriptLateAnswers(): Promise<void> {
  await calls.forget()
  await calls.script({ times: 2, reply: { delayMs: 700, text: '[]' } })
  const good = { caption: 'CANARY', altText: 'CANARY', labels: ['canary'], text: '' }
  await calls.script({ match: { textIncludes: 'Describe this' }, reply: { text: JSON.stringify(good) } })
  await calls.script({ reply: { text: '[{"box_2d":[0,0,500,500],"label":"canary"}]' } })
}

describe('row 27, work that is lost to another', () => {
  it('is thrown away, and its event acknowledged, when its lease ran out', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await asked(2)
    passLease()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    const document = documentOf(calls)
    expect(document).toMatchObject({ status: 'succeeded', crashes: 1 })
    expect(await first).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toEqual(document)
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ ended: 'skipped', reason: 'claim-lost' })
    expect(await calls.requests()).toHaveLength(4)
  })

  it('is thrown away when a newer photo has come meanwhile', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await asked(2)
    calls.store(PHOTO, photoBytes, NEWER)
    expect(await deliver(NEWER)).toEqual({ ended: 'acknowledged' })
    expect(await first).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', generation: NEWER, caption: 'CANARY' })
    const ofFirst = [...calls.photos.files.keys()].filter((name) => name.includes(`/${GENERATION}/`))
    expect(ofFirst).toEqual([])
  })

  it('is told to who waits for it', async () => {
    await scriptLateAnswers()
    const first = annotate()
    await asked(2)
    passLease()
    await deliver()
    expect((await first).error).toMatchObject({ status: 'ABORTED', details: { reason: 'claim-lost' } })
    expect(documentOf(calls).status).toBe('succeeded')
  })

  it('is not begun while another is at it: the event comes again', async () => {
    await scriptLateAnswers()
    const first = deliver()
    await asked(2)
    expect(await deliver()).toEqual({ ended: 'thrown', code: 'claimed-elsewhere' })
    expect((await annotate()).error).toMatchObject({
      status: 'ABORTED',
      details: { reason: 'claimed-elsewhere', retryable: true },
    })
    await first
    // The description, which could not be read, was asked for again: by the first one.
    expect(await calls.requests()).toHaveLength(3)
  })
})

describe('row 28, a client that has gone away', () => {
  const request = { images: { path: PHOTO }, question: 'CANARY-QUESTION' }

  it.each(['whole', 'streamed'])(
    'ends the request to the model, which may have been paid: %s',
    async (how) => {
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
      await asked(1)
      gone.abort()
      await ended
      await vi.waitFor(() => expect(logged.join()).toContain('"code":"cancelled"'), { timeout: 5000 })
      await vi.waitFor(async () => expect((await calls.requests())[0]).toMatchObject({ aborted: true }), {
        timeout: 5000,
      })
      const [day] = Object.values(quota.allowances.get('user alice')!.days)
      expect(day!.spentTokens).toBeGreaterThan(1000)
      expect(Object.keys(day!.open)).toEqual([])
    },
  )
})

describe('row 29, a photo that is not there as it was announced', () => {
  it('ends as deleted when it is gone', async () => {
    calls.photos.files.delete(PHOTO)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(calls.annotations.documents.get(imageIdOf(BUCKET, PHOTO))?.status).toBe('deleted')
    expect(await calls.requests()).toEqual([])
    expect((await annotate()).error).toMatchObject({
      status: 'NOT_FOUND',
      details: { reason: 'object-gone', retryable: false },
    })
  })

  it('ends as superseded when a newer one is in its place, whose event then counts', async () => {
    calls.store(PHOTO, photoBytes, NEWER)
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'superseded', error: { code: 'object-superseded' } })
    expect(await calls.requests()).toEqual([])
    expect(await deliver(NEWER)).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'succeeded', generation: NEWER })
  })

  it('is told to who waits for it', async () => {
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

describe('row 32, workers that die', () => {
  /** A worker that claims the photo and is never heard of again. */
  async function die(): Promise<void> {
    await calls.forget()
    await calls.script({ reply: { fault: 'hang' } })
    void deliver()
    await asked(2)
    passLease()
    await makeWell(calls)
  }

  it.each([1, 2])('are taken over from after %i deaths', async (deaths) => {
    for (let death = 0; death < deaths; death++) await die()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({
      status: 'succeeded',
      crashes: deaths,
      steps: { describe: { paidCalls: deaths + 1 }, locate: { paidCalls: deaths + 1 } },
    })
  })

  it('end the photo after three deaths, and nothing more is asked', async () => {
    for (let death = 0; death < MAX_CRASHES; death++) await die()
    expect(await deliver()).toEqual({ ended: 'acknowledged' })
    expect(documentOf(calls)).toMatchObject({ status: 'failed', error: { code: 'crashed' }, lease: null })
    expect(await calls.requests()).toEqual([])
    expect(JSON.parse(logged.at(-1)!)).toMatchObject({ severity: 'ERROR', code: 'crashed', crashes: 3 })
  })

  it('are told of to who asks for the photo, and may try it again', async () => {
    for (let death = 0; death < MAX_CRASHES; death++) await die()
    expect((await annotate()).error).toMatchObject({ status: 'INTERNAL', details: { reason: 'crashed' } })
    expect((await annotate()).result).toMatchObject({ status: 'succeeded' })
  })
})
