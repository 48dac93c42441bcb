import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import type { Annotation, Photo } from '../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { documentBytes } from '../../support/document-bytes.ts'
import { paintMask } from '../../support/masks.ts'
import { annotationOf, photos, services } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

/** Firebase Authentication allows 128 characters. Its own uids have 28. */
const OWNER = 'u'.repeat(128)
const NAME = `users/${OWNER}/uploads/ed6f02c4-0c6b-4f2e-9c56-6c2c2bd0ff21.jpeg`

const side = { width: 1600, height: 1200 }
const jpeg = await sharp({ create: { ...side, channels: 3, background: 'red' } })
  .jpeg()
  .toBuffer()

/** An object in its own cell of a grid, with a round outline. */
function objectAt(index: number, points: number) {
  const [x, y] = [50 + (index % 10) * 100, 50 + Math.floor(index / 10) * 100]
  return {
    box_2d: [y - 45, x - 45, y + 45, x + 45],
    label: `person in a dark blue knitted sweater ${index}`,
    mask: Array.from({ length: points }, (_, i) => {
      const angle = (2 * Math.PI * i) / points
      return [Math.round(x + 45 * Math.cos(angle)), Math.round(y + 45 * Math.sin(angle))]
    }),
  }
}

async function annotateObjects(
  count: number,
  points: number,
): Promise<{ photo: Photo; document: Annotation }> {
  const generation = '1764460800123456'
  photos.files.set(NAME, { bytes: jpeg, contentType: 'image/jpeg', generation })
  const photo = {
    imageId: imageIdOf('demo-firesight.firebasestorage.app', NAME),
    owner: OWNER,
    bucket: 'demo-firesight.firebasestorage.app',
    name: NAME,
    generation,
    contentType: 'image/jpeg',
    sizeBytes: jpeg.length,
  }
  const { model } = scriptedModel({
    describe: [
      {
        caption:
          'A crowd of people in dark blue knitted sweaters stands on the stairs of a museum in the evening.',
        altText: 'Photograph: '.padEnd(250, 'a crowd of people on wide stairs, '),
        labels: Array.from({ length: 10 }, (_, i) => `knitted sweater ${i}`),
        text: 'x'.repeat(500),
      },
    ],
    locate: [Array.from({ length: count }, (_, index) => objectAt(index, points))],
  })
  const newToken = () => crypto.randomUUID()
  await annotateImage(photo, { ...services(model), newToken }, readConfig({}))
  return { photo, document: annotationOf(photo)! }
}

describe('the document of a photo', () => {
  it.each([
    [12, 20_000],
    [100, 100_000],
  ])('with %i objects, long paths and 500 characters of text has at most %i bytes', async (count, most) => {
    const { photo, document } = await annotateObjects(count, 40)
    expect(document).toMatchObject({ status: 'succeeded', schemaVersion: 2 })
    expect(document.text).toHaveLength(500)
    expect(document.objects).toHaveLength(count)
    for (const { mask } of document.objects!) expect(mask?.polygon).toHaveLength(2 * 24)
    expect(documentBytes(document, `images/${photo.imageId}`)).toBeLessThanOrEqual(most)
  })

  it('is as small for an outline of 2000 points, whose mask file stays exact', async () => {
    const { document } = await annotateObjects(1, 2000)
    const [{ mask, box } = { mask: null, box: { x: 0, y: 0, ...side } }] = document.objects!
    expect(mask?.polygon).toHaveLength(2 * 24)
    const ring = objectAt(0, 2000).mask.map(([x, y]): [number, number] => [
      (x! / 1000) * side.width,
      (y! / 1000) * side.height,
    ])
    const pixels = await sharp(photos.files.get(mask!.path)!.bytes).toColourspace('b-w').raw().toBuffer()
    expect(pixels.map((value) => Math.min(value, 1))).toEqual(
      Buffer.from(paintMask(runsFromPolygon([ring], box))),
    )
  })
})
