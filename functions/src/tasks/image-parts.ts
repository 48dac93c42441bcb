import type { PreparedImage } from '../image/prepare.ts'
import type { RequestPart } from '../ports/vision-model.ts'

/**
 * Images and text in the order that Google recommends: one image before the text; several images each after
 * its number, and the text last. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11
 */
export function imageParts(
  images: readonly Pick<PreparedImage, 'data' | 'mimeType' | 'photo'>[],
  text: string,
): RequestPart[] {
  const parts = images.flatMap(({ data, mimeType, photo }, index): RequestPart[] => {
    const image = { image: { mimeType, data, ...(photo && { photo }) } }
    return images.length === 1 ? [image] : [{ text: `Image ${index + 1}:` }, image]
  })
  return [...parts, { text }]
}
