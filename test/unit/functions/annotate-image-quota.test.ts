import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { MAX_ATTEMPTS } from '../../../functions/src/pipeline/attempt-limits.ts'
import { memoryQuota, unlimitedQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { modelFailure } from '../../support/model-failure.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  fails,
  photos,
  png,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

/** Tokens of one scripted answer. */
const ANSWER = 320
/** Tokens reserved for a new photo, and for each of its steps. */
const [BOTH, DESCRIBE, LOCATE] = [5620, 1060, 4560]

describe('annotateImage() without quota', () => {
  it.each([
    ["the user's", { tokensPerDay: BOTH - 1 }, 'tokens-exceeded'],
    ["the project's", { projectTokensPerDay: BOTH - 1 }, 'project-tokens-exceeded'],
  ] as const)(
    'defers the photo at %s limit, and annotates it after the reset at midnight',
    async (_, limits, code) => {
      const [photo, quota, script] = [upload(png), memoryQuota(), scriptedModel()]
      const midnight = new Date('2026-11-23T00:00:00Z')
      for (let delivery = 1; delivery <= MAX_ATTEMPTS + 1; delivery++) {
        expect(await annotate(photo, script, quota, limits)).toMatchObject({
          ended: 'finished',
          status: 'deferred',
          code,
        })
      }
      expect(script.requests).toEqual([])
      // Refused before the download.
      expect(annotationOf(photo)).not.toHaveProperty('image')
      expect(annotationOf(photo)).toMatchObject({
        status: 'deferred',
        error: { code, retryable: true },
        nextAttemptAt: midnight,
        lease: null,
        attempts: 0,
        steps: { describe: { state: 'pending' } },
      })
      expect(annotationOf(photo)).not.toHaveProperty('completedAt')

      clock.now = midnight
      expect(await annotate(photo, script, quota)).toMatchObject({ status: 'succeeded' })
      expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', attempts: 1, caption: 'A red ball.' })
      expect(annotationOf(photo)).not.toHaveProperty('error')
      expect(annotationOf(photo)).not.toHaveProperty('nextAttemptAt')
    },
  )

  it.each(['model-day-limit', 'model-budget-spent'] as const)(
    "defers the photo when the model's allowance is used up (%s), and keeps its results",
    async (code) => {
      const spent = new VisionError(code, 'scripted', { retryAfterMs: 3_600_000 })
      const [photo, script] = [upload(png), scriptedModel({ locate: [spent, OBJECTS] })]
      expect(await annotate(photo, script)).toMatchObject({ ended: 'finished', status: 'deferred', code })
      expect(annotationOf(photo)).toMatchObject({
        status: 'deferred',
        nextAttemptAt: new Date('2026-11-22T13:00:00Z'),
        caption: 'A red ball.',
        attempts: 0,
      })
      expect(await annotate(photo, script)).toMatchObject({ status: 'succeeded' })
      expect(script.requests.map(({ task }) => task)).toEqual(['describe', 'locate', 'locate'])
    },
  )

  it('defers the photo while the service is paused, with nextAttemptAt', async () => {
    const [photo, quota, script] = [upload(png), memoryQuota(), scriptedModel()]
    quota.settings.paused = true
    await annotate(photo, script, quota)
    expect(annotationOf(photo)).toMatchObject({
      status: 'deferred',
      error: { code: 'service-paused' },
      nextAttemptAt: new Date('2026-11-22T12:01:00Z'),
    })
    expect(script.requests).toEqual([])
  })

  it('sets a claimed photo to processing, without error and nextAttemptAt', async () => {
    const [photo, quota] = [upload(png), memoryQuota()]
    await annotate(photo, scriptedModel(), quota, { tokensPerDay: 1 })
    let seen: unknown
    const script = scriptedModel({
      locate: [
        async () => {
          seen = annotationOf(photo)
          return OBJECTS
        },
      ],
    })
    await annotate(photo, script, quota)
    expect(seen).toMatchObject({ status: 'processing', attempts: 1 })
    expect(seen).not.toHaveProperty('error')
    expect(seen).not.toHaveProperty('nextAttemptAt')
  })

  it('keeps the finished step, and reserves only for the missing one', async () => {
    const [photo, quota] = [upload(png), memoryQuota()]
    await expect(
      annotate(photo, scriptedModel({ locate: [fails('model-unavailable')] }), quota),
    ).rejects.toThrow('scripted')
    const script = scriptedModel()
    const limit = ANSWER + LOCATE
    await annotate(photo, script, quota, { tokensPerDay: limit - 1 })
    expect(annotationOf(photo)).toMatchObject({ status: 'deferred', caption: 'A red ball.' })
    await annotate(photo, script, quota, { tokensPerDay: limit })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
    expect(script.requests.map(({ task }) => task)).toEqual(['locate'])
  })

  it('writes nothing when the photo was replaced during the run', async () => {
    const [photo, quota] = [upload(png), memoryQuota()]
    const { reserve } = quota
    quota.reserve = async () => {
      quota.reserve = reserve
      await annotate(upload(png, '1700000000000002'))
      throw new VisionError('tokens-exceeded', 'scripted')
    }
    expect(await annotate(photo, scriptedModel(), quota)).toEqual({
      ended: 'skipped',
      reason: 'claim-lost',
    })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', generation: '1700000000000002' })
  })
})

describe('annotateImage() settles', () => {
  const timeout = fails('model-timeout')
  const lostConnection = modelFailure('model-unavailable', { billing: 'unknown' })

  it.each([
    ['both answers', {}, 2 * ANSWER],
    ['an answer that was asked for again', { locate: ['no JSON here', OBJECTS] }, 3 * ANSWER],
    ['an answer that was blocked', { locate: [fails('blocked-safety')] }, 2 * ANSWER],
    ['nothing for a request that the service refused', { locate: [fails('model-unavailable')] }, ANSWER],
    ['the estimate for a time-out', { locate: [timeout] }, ANSWER + LOCATE],
    ['the estimate for a connection that broke', { describe: [lostConnection] }, ANSWER + DESCRIBE],
    [
      'an answer and the estimate when the second request timed out',
      { locate: ['no JSON here', timeout] },
      2 * ANSWER + LOCATE,
    ],
    ['both estimates', { describe: [timeout], locate: [timeout] }, BOTH],
  ])('%s', async (_, replies, spent) => {
    const quota = unlimitedQuota()
    await Promise.allSettled([annotate(upload(png), scriptedModel(replies), quota)])
    expect(quota.settled).toMatchObject([
      { reservation: { spender: { uid: 'alice', kind: 'upload' }, least: BOTH }, spent },
    ])
  })

  it('each answer once over several deliveries', async () => {
    const [photo, quota] = [upload(png), unlimitedQuota()]
    await expect(
      annotate(photo, scriptedModel({ describe: [fails('model-unavailable')] }), quota),
    ).rejects.toThrow('scripted')
    await expect(annotate(photo, scriptedModel({ describe: [timeout] }), quota)).rejects.toThrow('scripted')
    await annotate(photo, scriptedModel(), quota)
    expect(quota.settled.map(({ reservation, spent }) => [reservation.least, spent])).toEqual([
      [BOTH, ANSWER],
      [DESCRIBE, DESCRIBE],
      [DESCRIBE, ANSWER],
    ])
  })

  it('an answer that could not be written', async () => {
    const quota = unlimitedQuota()
    const { update } = annotations
    annotations.update = async (about, token, changes, at) => {
      if ('caption' in changes) throw new Error('scripted')
      return update(about, token, changes, at)
    }
    await expect(annotate(upload(png), scriptedModel(), quota)).rejects.toThrow('scripted')
    expect(quota.settled).toMatchObject([{ spent: 2 * ANSWER }])
  })

  it('nothing, and reserves nothing, when only drawing is left', async () => {
    const [photo, quota] = [upload(png), unlimitedQuota()]
    const { writeResult } = photos
    photos.writeResult = async (about, path, ...content) => {
      if (path.endsWith('.png')) throw new Error('scripted')
      await writeResult(about, path, ...content)
    }
    await expect(annotate(photo, scriptedModel(), quota)).rejects.toThrow('scripted')
    photos.writeResult = writeResult
    const paused = memoryQuota()
    paused.settings.paused = true
    expect(await annotate(photo, scriptedModel(), paused)).toMatchObject({ status: 'succeeded' })
    expect(quota.settled).toHaveLength(1)
  })
})
