import { HEIF_TYPES } from '../../image/sniff.ts'
import type { RequestPart } from '../../ports/vision-model.ts'

/** About half the pixels of the prepared copy, and still larger than one tile of the model. */
const LONG_SIDE = 1024

/**
 * The parts of a request with smaller images. Boxes are relative to the image size, so they stay valid.
 * @returns undefined if no image becomes smaller
 */
export async function shrinkImages(parts: readonly RequestPart[]): Promise<RequestPart[] | undefined> {
  const { sharp } = await import('../../image/loaders.ts')
  let shrunk = false
  const smaller: RequestPart[] = []
  for (const part of parts) {
    if (!('image' in part) || HEIF_TYPES.has(part.image.mimeType)) {
      smaller.push(part)
      continue
    }
    const image = sharp(part.image.data)
    const { width, height } = await image.metadata()
    if (Math.max(width, height) <= LONG_SIDE) {
      smaller.push(part)
      continue
    }
    const data = await image
      .resize({ width: LONG_SIDE, height: LONG_SIDE, fit: 'inside' })
      .jpeg({ quality: 85 })
      .toBuffer()
    smaller.push({ image: { ...part.image, mimeType: 'image/jpeg', data } })
    shrunk = true
  }
  return shrunk ? smaller : undefined
}
