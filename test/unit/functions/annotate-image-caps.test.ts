import { describe, expect, it } from 'vitest'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { MAX_CRASHES } from '../../../functions/src/pipeline/attempt-limits.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../../functions/src/pipeline/billable-attempts.ts'
import {
  annotate,
  annotateLast,
  annotationOf,
  annotations,
  clock,
  fails,
  png,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

/** A worker that claims the photo and dies. */
async function dieOver(photo: Photo): Promise<void> {
  const lease = { token: `dead-${clock.now.getTime()}`, expiresAt: after(LEASE_SECONDS) }
  await annotations.claim(photo, lease, clock.now)
  clock.now = after(LEASE_SECONDS + 1)
}

const after = (seconds: number) => new Date(clock.now.getTime() + seconds * 1000)
const paidCalls = (photo: Photo) => annotationOf(photo)?.steps.locate.paidCalls

describe('annotateImage() of a photo whose workers die', () => {
  it('fails the photo after three crashes, without reading it again', async () => {
    const photo = upload(png)
    for (let death = 0; death < MAX_CRASHES; death++) await dieOver(photo)
    const script = scriptedModel()
    expect(await annotate(photo, script)).toMatchObject({ status: 'failed', code: 'crashed', crashes: 3 })
    expect(script.requests).toEqual([])
    expect(annotationOf(photo)).toMatchObject({ status: 'failed', error: { code: 'crashed' }, lease: null })
    expect(annotationOf(photo)).not.toHaveProperty('dueAt')
  })

  it('resumes after two crashes', async () => {
    const photo = upload(png)
    for (let death = 0; death < MAX_CRASHES - 1; death++) await dieOver(photo)
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded', crashes: 2 })
  })

  it('does not count a worker that released its lease as a crash', async () => {
    const photo = upload(png)
    const busy = scriptedModel({ describe: [fails('model-unavailable')] })
    for (let delivery = 0; delivery < 50; delivery++) {
      await expect(annotate(photo, busy)).rejects.toMatchObject({ code: 'model-unavailable' })
    }
    expect(annotationOf(photo)).toMatchObject({ crashes: 0, attempts: 0 })
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded' })
  })
})

describe('annotateImage() counts billable attempts', () => {
  it('before the request is sent', async () => {
    const photo = upload(png)
    const seen: (number | undefined)[] = []
    const script = scriptedModel({
      locate: [
        async () => {
          seen.push(paidCalls(photo))
          return OBJECTS
        },
      ],
    })
    await annotate(photo, script)
    expect(seen).toEqual([1])
    expect(annotationOf(photo)).toMatchObject({
      steps: { describe: { paidCalls: 1 }, locate: { paidCalls: 1 } },
    })
  })

  it('and subtracts free failures, but not time-outs', async () => {
    const photo = upload(png)
    await expect(annotate(photo, scriptedModel({ locate: [fails('model-unavailable')] }))).rejects.toThrow(
      'scripted',
    )
    expect(paidCalls(photo)).toBeUndefined()
    await expect(annotate(photo, scriptedModel({ locate: [fails('model-timeout')] }))).rejects.toThrow(
      'scripted',
    )
    expect(paidCalls(photo)).toBe(1)
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded', calls: 3 })
  })

  it('and never exceeds the limit, however often the answer is lost', async () => {
    const photo = upload(png)
    const silent = scriptedModel({ locate: [fails('model-timeout')] })
    for (let delivery = 0; delivery < MAX_BILLABLE_ATTEMPTS; delivery++) {
      await expect(annotate(photo, silent)).rejects.toMatchObject({ code: 'model-timeout' })
    }
    expect(await annotate(photo, silent)).toMatchObject({ status: 'partial', code: 'gave-up' })
    expect(silent.requests.filter(({ task }) => task === 'locate')).toHaveLength(MAX_BILLABLE_ATTEMPTS)
    expect(annotationOf(photo)).toMatchObject({
      caption: 'A red ball.',
      steps: { locate: { state: 'failed', paidCalls: MAX_BILLABLE_ATTEMPTS } },
    })
  })

  it('and counts an attempt of a worker that died before the answer', async () => {
    const photo = upload(png)
    const { update } = annotations
    annotations.update = async (about, token, changes, at) => {
      // The worker dies before the checkpoint of its answer.
      if (changes.steps?.locate.state === 'succeeded') return new Promise(() => {})
      return update(about, token, changes, at)
    }
    const answered = new Promise<void>((resolve) => {
      const script = scriptedModel({
        locate: [
          async () => {
            resolve()
            return OBJECTS
          },
        ],
      })
      void annotate(photo, script)
    })
    await answered
    annotations.update = update
    clock.now = after(LEASE_SECONDS + 1)
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded', crashes: 1 })
    expect(paidCalls(photo)).toBe(2)
  })
})

describe('annotateImage() with the last delivery of an event', () => {
  it('defers the photo on a transient failure', async () => {
    const photo = upload(png)
    const busy = scriptedModel({ locate: [fails('model-unavailable')] })
    expect(await annotateLast(photo, busy)).toMatchObject({ status: 'deferred', code: 'model-unavailable' })
    expect(annotationOf(photo)).toMatchObject({
      status: 'deferred',
      caption: 'A red ball.',
      nextAttemptAt: after(600),
      dueAt: after(600),
      deferrals: 1,
      lease: null,
    })
  })

  it('doubles the pause each time, up to six hours', async () => {
    const photo = upload(png)
    const busy = scriptedModel({ locate: [fails('model-unavailable')] })
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      await annotateLast(photo, busy)
      const { dueAt } = annotationOf(photo)!
      waits.push((dueAt!.getTime() - clock.now.getTime()) / 60_000)
      clock.now = dueAt!
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 360, 360])
    await annotate(photo)
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded' })
    for (const field of ['dueAt', 'deferrals', 'deferredSince', 'nextAttemptAt', 'error'])
      expect(annotationOf(photo)).not.toHaveProperty(field)
  })

  it('fails the photo 30 days after its first deferral', async () => {
    const photo = upload(png)
    const busy = scriptedModel({ locate: [fails('model-unavailable')] })
    await annotateLast(photo, busy)
    clock.now = after(30 * 24 * 3600 - 1)
    expect(await annotateLast(photo, busy)).toMatchObject({ status: 'deferred' })
    clock.now = after(1)
    expect(await annotateLast(photo, busy)).toMatchObject({ status: 'failed', code: 'deferral-expired' })
    expect(annotationOf(photo)).toMatchObject({
      status: 'failed',
      error: { code: 'deferral-expired', retryable: true },
      caption: 'A red ball.',
      lease: null,
    })
    expect(annotationOf(photo)).not.toHaveProperty('dueAt')
  })
})

describe('annotateImage() when the instance is shut down', () => {
  it('between two requests leaves the step pending and keeps its usage', async () => {
    const photo = upload(png)
    const interrupted = async () => {
      throw fails('interrupted')
    }
    const script = scriptedModel({ locate: ['no JSON here', interrupted] })
    await expect(annotate(photo, script)).rejects.toMatchObject({ code: 'interrupted' })
    expect(annotationOf(photo)).toMatchObject({
      status: 'processing',
      steps: { locate: { state: 'pending' } },
    })
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded' })
    expect(annotationOf(photo)).toMatchObject({ usage: { calls: 3 } })
  })

  it('releases the lease at once, so that another instance resumes', async () => {
    const photo = upload(png)
    const controller = new AbortController()
    const shutdown = fails('interrupted')
    const script = scriptedModel({
      locate: [
        async () => {
          controller.abort(shutdown)
          throw shutdown
        },
      ],
    })
    await expect(annotate(photo, script, undefined, {}, { shutdown: controller.signal })).rejects.toBe(
      shutdown,
    )
    expect(annotationOf(photo)).toMatchObject({ status: 'processing', lease: null, attempts: 0 })
    expect(await annotate(photo)).toMatchObject({ status: 'succeeded' })
  })
})
