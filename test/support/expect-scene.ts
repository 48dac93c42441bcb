import sharp from 'sharp'
import { expect } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { maskIoU, type Scene, type Truth } from './scene.ts'

/** Boxes within 1 % of the picture's sides, masks with IoU >= 0.95, in files of the right sizes. */
export async function expectScene(
  annotation: Annotation,
  { width, height }: Scene,
  truths: Truth[],
  download: (path: string) => Promise<Buffer>,
): Promise<void> {
  expect(annotation).toMatchObject({
    status: 'succeeded',
    image: { width, height },
    overlay: { width, height },
  })
  expect(annotation.objects?.map(({ label }) => label).toSorted()).toEqual(
    truths.map(({ label }) => label).toSorted(),
  )
  const overlay = await sharp(await download(annotation.overlay!.path))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  expect([overlay.info.width, overlay.info.height]).toEqual([width, height])
  for (const { label, box: truth, mask: truthMask } of truths) {
    const { box, mask } = annotation.objects!.find((object) => object.label === label)!
    const sides = (b: typeof box) => [
      b.x / width,
      b.y / height,
      (b.x + b.width) / width,
      (b.y + b.height) / height,
    ]
    const errors = sides(box).map((side, index) => Math.abs(side - sides(truth)[index]!))
    expect(Math.max(...errors), `box of ${label}`).toBeLessThanOrEqual(0.01)

    const file = await sharp(await download(mask!.path))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([file.info.width, file.info.height]).toEqual([box.width, box.height])
    const found = new Uint8Array(width * height)
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++)
        found[(box.y + y) * width + box.x + x] = file.data[y * box.width + x]! && 1
    }
    expect(maskIoU(found, truthMask), `mask of ${label}`).toBeGreaterThanOrEqual(0.95)
    expect(mask!.areaPixels).toBe(found.reduce((sum, value) => sum + value, 0))

    // The overlay shows the object where it is.
    const alpha = Uint8Array.from({ length: width * height }, (_, i) =>
      overlay.data[i * 4 + 3]! && found[i]! ? 1 : 0,
    )
    expect(maskIoU(alpha, found), `overlay of ${label}`).toBeGreaterThanOrEqual(0.999)
  }
}
