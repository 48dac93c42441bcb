import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { expect, it, vi } from 'vitest'
import { VisionError } from '../../../functions/src/errors.ts'
import { unlimitedQuota } from '../../../functions/src/stores/memory/memory-quota.ts'
import { annotate, annotationOf, annotations, photos, png, upload } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

it('makes four writes after the claim, and lists no results of a new name', async () => {
  const [update, list] = [vi.spyOn(annotations, 'update'), vi.spyOn(photos, 'deleteResults')]
  expect(await annotate(upload(png))).toMatchObject({ status: 'succeeded' })
  // The image with both counts, the end of each step, and the finish.
  expect(update).toHaveBeenCalledTimes(4)
  expect(update.mock.calls[0]![2]).toMatchObject({
    image: { width: 80, height: 60 },
    steps: { describe: { paidCalls: 1 }, locate: { paidCalls: 1 } },
  })
  expect(list).not.toHaveBeenCalled()
})

it('ends when the tokens are settled', async () => {
  const quota = unlimitedQuota()
  let isSettled = false
  quota.settle = async () => {
    await sleep(50)
    isSettled = true
  }
  await annotate(upload(png), scriptedModel(), quota)
  expect(isSettled).toBe(true)
})

it('works with a model that serves one request at a time', async () => {
  const { model } = scriptedModel()
  const limit = pLimit(1)
  const serial: typeof model = {
    ...model,
    generate: async (...request) => limit(async () => model.generate(...request)),
  }
  expect(await annotate(upload(png), { ...scriptedModel(), model: serial })).toMatchObject({
    status: 'succeeded',
  })
})

it.each(['tokens-reserved', 'tokens-exceeded'] as const)(
  'rejects an image that cannot be decoded, also with %s',
  async (code) => {
    const quota = unlimitedQuota()
    quota.reserve = async () => {
      throw new VisionError(code, 'scripted')
    }
    const photo = upload(png.subarray(0, png.length - 40))
    expect(await annotate(photo, scriptedModel(), quota)).toMatchObject({ status: 'rejected' })
    expect(annotationOf(photo)).toMatchObject({ error: { code: 'corrupt-image' } })
  },
)
