import sharp from 'sharp'
import { expect } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { maskIoU, type Scene, type Truth } from './scene.ts'

/**
 * Expects boxes within 1 % of the picture's sides, masks with an IoU of at least 0.95, and files of the right
 * size.
 */
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
    let [areaPixels, shownPixels] = [0, 0]
    for (let y = 0; y < box.height; y++) {
      for (let x = 0; x < box.width; x++) {
        if (!file.data[y * box.width + x]) continue
        const at = (box.y + y) * width + box.x + x
        found[at] = 1
        areaPixels++
        if (overlay.data[at * 4 + 3]) shownPixels++
      }
    }
    expect(maskIoU(found, truthMask), `mask of ${label}`).toBeGreaterThanOrEqual(0.95)
    expect(mask!.areaPixels).toBe(areaPixels)
    expect(shownPixels / areaPixels, `overlay of ${label}`).toBeGreaterThanOrEqual(0.999)
  }
}
