import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { filesApi } from '../../../functions/src/model/gemini/files-api.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { memoryModelFiles } from '../../../functions/src/stores/memory/memory-model-files.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { expectScene } from '../../support/expect-scene.ts'
import { heifFile, imir, irot, numbers, shapes } from '../../support/heif-file.ts'
import { annotationOf, photos, services, upload } from '../../support/photo-run.ts'
import { drawScene, FOUR_SHAPES } from '../../support/scene.ts'
import { DESCRIPTION, OBJECTS } from '../../support/vision.ts'

/* HEIC photos through the whole pipeline, with the local Gemini API, which decodes them itself. */

const { url, model, script, journal } = useEmulatedModel()
const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))
const { width, height } = FOUR_SHAPES

function vision(records = memoryModelFiles()) {
  const client = {
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs: 60_000,
    baseUrl: url(),
  } as const
  return model({ ...client, files: { records, uploads: filesApi(client) } })
}

const heicUpload = (bytes: Buffer) => ({ ...upload(bytes), contentType: 'image/heic' })

const askedImages = async () =>
  (await journal()).flatMap(({ method, images = [] }) => (method === 'generateContent' ? [images] : []))

it('annotateImage() with HEIC=original finds the objects of a HEIC, and stores no copy of its pixels', async () => {
  const photo = heicUpload(heic)
  await annotateImage(photo, services(vision()), readConfig({}))
  const annotation = annotationOf(photo)!
  expect(annotation.image).toEqual({
    width,
    height,
    format: 'heic',
    orientation: 1,
    decoded: false,
    sha256: expect.any(String) as string,
  })
  expect(annotation).not.toHaveProperty('preview')
  const shown = (await drawScene(FOUR_SHAPES)).truths
  await expectScene(annotation, FOUR_SHAPES, shown, async (path) => photos.files.get(path)!.bytes)
  expect(await askedImages()).toEqual(
    Array.from({ length: 2 }, () => [
      expect.objectContaining({ source: 'inlineData', mimeType: 'image/heic', width, height }),
    ]),
  )
})

it.each([
  [[irot(1)], ({ x, y }: Point) => ({ x: y, y: width - x })],
  [[irot(3), imir(0)], ({ x, y }: Point) => ({ x: height - y, y: width - x })],
] as const)('boxes of a turned HEIC are in pixels of the upright image', async (transforms, turn) => {
  const photo = heicUpload(heifFile([shapes(1, ...transforms)]))
  await annotateImage(photo, services(vision()), readConfig({}))
  const annotation = annotationOf(photo)!
  expect(annotation).toMatchObject({
    image: { width: height, height: width },
    overlay: { width: height, height: width },
  })
  const { truths } = await drawScene(FOUR_SHAPES)
  const circle = truths.find(({ label }) => label === 'red circle')!.box
  const found = annotation.objects!.find(({ label }) => label === 'red circle')!.box
  const expected = turn({ x: circle.x + circle.width / 2, y: circle.y + circle.height / 2 })
  expect(found.x + found.width / 2).toBeCloseTo(expected.x, -1)
  expect(found.y + found.height / 2).toBeCloseTo(expected.y, -1)
})

it.each(['alice', null])(
  'an original of more than 4 MB of owner %s is uploaded once for both steps',
  async (owner) => {
    await script({ match: { textIncludes: 'You describe' }, reply: { text: JSON.stringify(DESCRIPTION) } })
    await script({ match: { textIncludes: 'You find' }, reply: { text: JSON.stringify(OBJECTS) } })
    const photo = { ...heicUpload(padded(4_100_000)), owner }
    await annotateImage(photo, services(vision()), readConfig({}))
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', image: { decoded: false } })
    const requests = await journal()
    expect(requests.filter(({ method }) => method === 'upload')).toHaveLength(2)
    expect(await askedImages()).toEqual(
      Array.from({ length: 2 }, () => [expect.objectContaining({ source: 'fileData', width, height })]),
    )
  },
)

// Last: it loads sharp without its HEIF reader, which the local Gemini API needs in this process.
it('annotateImage() with HEIC_ENABLED=true decodes a HEIC, and stores a preview', async () => {
  const photo = heicUpload(heic)
  await annotateImage(photo, services(vision()), readConfig({ HEIC_ENABLED: 'true' }))
  expect(annotationOf(photo)).toMatchObject({
    image: { width, height, decoded: true, sharpness: expect.any(Number) as number },
    preview: { width, height },
  })
  expect((await askedImages()).flat().map(({ mimeType }) => mimeType)).toEqual(['image/jpeg', 'image/jpeg'])
})

type Point = { x: number; y: number }

/**
 * The fixture with zero words after its picture (`cabac_zero_words`, H.265, 7.3.2.8), for scripted answers
 * only.
 */
function padded(bytes: number): Buffer {
  const item = shapes(1)
  const unit = Buffer.concat([item.data.subarray(4), Buffer.alloc(bytes, Buffer.from([0, 0, 3]))])
  return heifFile([{ ...item, data: Buffer.concat([numbers(4, unit.length), unit]) }])
}
