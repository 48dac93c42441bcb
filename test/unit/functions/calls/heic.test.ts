import { readFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, it } from 'vitest'
import type { CompareImagesResult } from '../../../../functions/src/api/compare-images.ts'
import type { DetectObjectsResult } from '../../../../functions/src/api/detect-objects.ts'
import { startCalls } from '../../../support/calls.ts'
import { heifFile, irot, shapes } from '../../../support/heif-file.ts'

/* HEIC in calls, without a decoder. */

const heic = readFileSync(new URL('../../../fixtures/four-shapes.heic', import.meta.url))
const calls = await startCalls()
afterAll(() => calls.close())
beforeEach(async () => {
  calls.reset()
  await calls.forget()
})

const inline = (bytes: Buffer) => ({
  inlineData: { mimeType: 'image/heic', data: bytes.toString('base64') },
})

it('detectObjects() finds and segments the objects of a turned HEIC', async () => {
  const mask = [
    [100, 100],
    [500, 100],
    [300, 500],
  ]
  const found = [{ box_2d: [100, 100, 500, 500], label: 'red triangle', mask }]
  await calls.script({ reply: { text: JSON.stringify(found) } })
  const image = inline(heifFile([shapes(1, irot(1))]))
  const { result } = await calls.call<DetectObjectsResult>('detectObjects', {
    image,
    masks: true,
    overlay: true,
  })
  const size = { width: 800, height: 1200 }
  expect(result).toMatchObject({ image: size, overlay: size })
  expect(result!.objects).toMatchObject([
    { box: { x: 80, y: 120, width: 320, height: 480 }, mask: { form: 'polygon' } },
  ])
})

it('compareImages() accepts a HEIC photo beside an inline one', async () => {
  const equal = { summary: 'They are equal.', similarities: ['The shapes'], differences: [] }
  await calls.script({ reply: { text: JSON.stringify(equal) } })
  calls.store('users/alice/uploads/a.heic', heic)
  const images = [{ path: 'users/alice/uploads/a.heic' }, inline(heifFile([shapes(1)]))]
  const { result, error } = await calls.call<CompareImagesResult>('compareImages', { images })
  expect(error).toBeUndefined()
  expect(result!.differences).toEqual([])
  const [request] = await calls.requests()
  expect(request!.images).toEqual(
    Array.from(
      { length: 2 },
      () => expect.objectContaining({ mimeType: 'image/heic', source: 'inlineData' }) as object,
    ),
  )
})
