import { MAX_INLINE_ORIGINAL_BYTES } from '../../image/limits.ts'
import { HEIF_TYPES } from '../../image/sniff.ts'
import type { ImagePart, ModelRequest } from '../../ports/vision-model.ts'

/**
 * Size limit of a request with inline images: the guide's 20 MB, read as the smaller decimal value.
 * https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11.
 */
const MAX_INLINE_BYTES = 20_000_000
/** The JSON around an image: `{"inlineData":{"mimeType":"image/jpeg","data":""}},`. */
const PART_BYTES = 100
/** Settings, and the JSON around the parts. */
const FRAME_BYTES = 2000

/**
 * The images that exceed an inline limit: large originals, and then the largest images, so that as few as
 * possible become files.
 * @param images of the request without a file; may contain equal images
 */
export function tooLargeToInline(request: ModelRequest, images: readonly ImagePart[]): ImagePart[] {
  const moved = images.filter(isLargeOriginal)
  const others = images.filter((image) => !isLargeOriginal(image))
  let bytes = others.reduce((sum, image) => sum + inlineBytes(image), textBytes(request))
  for (const image of others.toSorted((a, b) => inlineBytes(b) - inlineBytes(a))) {
    if (bytes <= MAX_INLINE_BYTES) break
    bytes -= inlineBytes(image)
    moved.push(image)
  }
  return moved
}

function isLargeOriginal({ image: { mimeType, data } }: ImagePart): boolean {
  return HEIF_TYPES.has(mimeType) && data.length > MAX_INLINE_ORIGINAL_BYTES
}

function inlineBytes({ image }: ImagePart): number {
  return Math.ceil(image.data.length / 3) * 4 + PART_BYTES
}

function textBytes({ systemInstruction, parts, followUps, json }: ModelRequest): number {
  const texts = parts.filter((part) => 'text' in part)
  return FRAME_BYTES + Buffer.byteLength(JSON.stringify({ systemInstruction, texts, followUps, json }))
}
