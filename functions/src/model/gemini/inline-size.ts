import type { ImagePart, ModelRequest } from '../../ports/vision-model.ts'

/**
 * What a request may hold inline, its prompt included: the guide's 20 MB, which every backend accepts, in the smaller of the two
 * readings. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11.
 */
const MAX_INLINE_BYTES = 20_000_000
/** The JSON around an image: `{"inlineData":{"mimeType":"image/jpeg","data":""}},`. */
const PART_BYTES = 100
/** Settings and the JSON around all. */
const FRAME_BYTES = 2000

/**
 * Which images cannot be sent inline with the rest: the largest first, so that the fewest move.
 * @param images those that would be sent inline; equal pictures may stand there twice
 */
export function tooLargeToInline(request: ModelRequest, images: readonly ImagePart[]): ImagePart[] {
  let bytes = images.reduce((sum, image) => sum + inlineBytes(image), textBytes(request))
  const moved: ImagePart[] = []
  for (const image of images.toSorted((a, b) => inlineBytes(b) - inlineBytes(a))) {
    if (bytes <= MAX_INLINE_BYTES) break
    bytes -= inlineBytes(image)
    moved.push(image)
  }
  return moved
}

function inlineBytes({ image }: ImagePart): number {
  return Math.ceil(image.data.length / 3) * 4 + PART_BYTES
}

function textBytes({ systemInstruction, parts, followUps, json }: ModelRequest): number {
  const texts = parts.filter((part) => 'text' in part)
  return FRAME_BYTES + Buffer.byteLength(JSON.stringify({ systemInstruction, texts, followUps, json }))
}
