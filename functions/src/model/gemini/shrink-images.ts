import type { RequestPart } from '../../ports/vision-model.ts'

/** Four times fewer pixels than the copy has, and still more than the model's smallest tiling sees. */
const LONG_SIDE = 1024

/**
 * The parts of a request with smaller images, for a service that finds it too large. Boxes are relative, so they hold for the original too.
 * @returns undefined when no image gets smaller by it
 */
export async function shrinkImages(parts: readonly RequestPart[]): Promise<RequestPart[] | undefined> {
  const { sharp } = await import('../../image/loaders.ts')
  let shrunk = false
  const smaller: RequestPart[] = []
  for (const part of parts) {
    if (!('image' in part)) {
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
    smaller.push({ image: { mimeType: 'image/jpeg', data } })
    shrunk = true
  }
  return shrunk ? smaller : undefined
}
