import { startGeminiEmulator } from '@firesight/gemini-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readParameters } from '../../../functions/src/config/read-config.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { createGenaiModel } from '../../../functions/src/model/gemini/genai-model.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { memoryAnnotations, memoryPhotos } from '../../../functions/src/stores/memory/memory-photos.ts'
import { expectScene } from '../../support/expect-scene.ts'
import { services as photoServices } from '../../support/photo-run.ts'
import { drawScene, FOUR_SHAPES, type Scene } from '../../support/scene.ts'

let emulator: Awaited<ReturnType<typeof startGeminiEmulator>>
beforeAll(async () => {
  emulator = await startGeminiEmulator({ now: () => new Date('2026-11-22T12:00:00Z') })
})
afterAll(() => emulator.close())

/** Larger than the copy for the model, so that boxes and masks are scaled up. */
const LARGE: Scene = {
  width: 3000,
  height: 2000,
  background: 'grey',
  shapes: [
    { kind: 'ellipse', colour: 'yellow', cx: 700, cy: 600, rx: 420, ry: 260 },
    {
      kind: 'triangle',
      colour: 'purple',
      points: [
        [1700, 1800],
        [2700, 1800],
        [2200, 900],
      ],
    },
  ],
}

describe.each([
  ['gemini-2.5-flash', 'png'],
  ['gemini-3.8-flash', 'polygon'],
  ['gemini-4-hydrogen', 'polygon'],
])('with %s', (model, form) => {
  it.each([
    ['four shapes', FOUR_SHAPES],
    ['a large picture', LARGE],
  ])(`%s come back with masks from ${form}s`, async (_, scene) => {
    const { png, truths } = await drawScene(scene)
    const [annotations, photos] = [memoryAnnotations(), memoryPhotos()]
    const name = 'users/alice/uploads/scene.png'
    const about = { owner: 'alice', bucket: 'bucket', name, contentType: 'image/png', sizeBytes: png.length }
    const photo: Photo = { imageId: 'scene', generation: '1', ...about }
    photos.files.set(name, { bytes: png, contentType: 'image/png', generation: '1' })
    const vision = createGenaiModel({
      provider: { name: 'gemini-api', apiKey: () => 'any' },
      timeoutMs: 20_000,
      baseUrl: emulator.url,
    })
    const services = {
      ...photoServices(vision),
      annotations,
      photos,
      now: () => new Date(),
      newToken: () => 'token',
    }
    await annotateImage(photo, services, readParameters({ DESCRIBE_MODEL: model, LOCATE_MODEL: model }))

    const annotation = annotations.documents.get('scene')!
    expect(annotation.objects?.map(({ mask }) => mask?.form)).toEqual(truths.map(() => form))
    await expectScene(annotation, scene, truths, async (path) => photos.files.get(path)!.bytes)
  })
})
