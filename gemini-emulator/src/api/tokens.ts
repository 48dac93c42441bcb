import type { Family } from './families.ts'
import type { RequestImage } from './request.ts'

// "A token is equivalent to about 4 characters." https://ai.google.dev/gemini-api/docs/tokens, 2026-11.
const CHARACTERS_PER_TOKEN = 4

// 2.x: https://ai.google.dev/gemini-api/docs/image-understanding#token_calculation, 2026-11.
const TILE = { tokens: 258, side: 768, smallSide: 384 }

// Tokens of an image by media resolution. https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11.
const IMAGE_TOKENS = {
  fixed: { LOW: 280, MEDIUM: 560, HIGH: 1120, ULTRA_HIGH: 2240 },
  tiles: { LOW: 64, MEDIUM: 256 },
} as const

export function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN)
}

/** The number of tokens of an image. `resolution` is the `mediaResolution` of the image or of the request. */
export function imageTokens(
  { width, height }: { width: number; height: number },
  family: Family,
  resolution?: string,
): number {
  const level = resolution?.replace('MEDIA_RESOLUTION_', '') ?? ''
  const figures: Record<string, number> = IMAGE_TOKENS[family.images]
  if (figures[level] !== undefined) return figures[level]
  if (family.images === 'fixed') return IMAGE_TOKENS.fixed.HIGH
  if (Math.max(width, height) <= TILE.smallSide) return TILE.tokens
  return TILE.tokens * Math.ceil(width / TILE.side) * Math.ceil(height / TILE.side)
}

export type PromptTokens = { text: number; image: number }

export function promptTokens(
  texts: string[],
  images: (RequestImage & { width: number; height: number })[],
  family: Family,
  resolution?: string,
): PromptTokens {
  return {
    text: texts.reduce((sum, text) => sum + textTokens(text), 0),
    image: images.reduce(
      (sum, image) => sum + imageTokens(image, family, image.mediaResolution ?? resolution),
      0,
    ),
  }
}

export function tokenDetails({ text, image }: PromptTokens): { modality: string; tokenCount: number }[] {
  return [
    ...(text > 0 ? [{ modality: 'TEXT', tokenCount: text }] : []),
    ...(image > 0 ? [{ modality: 'IMAGE', tokenCount: image }] : []),
  ]
}
