import type { Family } from './families.ts'
import type { RequestImage } from './request.ts'

/*
 * Pieces of text that are about a token each. Gemini's tokenizer takes digits one by one, so coordinates cost
 * three to four times as much as prose. Measured against the tokenizer of Gemma 3, with which Google's SDK
 * counts the tokens of Gemini models (@google/genai 3.3.0, dist/tokenizer), 2026-11-30: docs/cost.md.
 */
const PIECE = /[A-Za-z0-9+/]{60,}|\p{N}| ?\p{Lu}?\p{Ll}+| ?\p{L}+| ?[^\p{L}\p{N}\s]{1,3}|\n+|[^\S\n]+/gu
/** Longer words are several tokens. */
const LETTERS_PER_TOKEN = 9
/** Of text without words, which is base64 here. */
const BASE64_PER_TOKEN = 1.6
const MIN_BASE64 = 60

// 2.x: https://ai.google.dev/gemini-api/docs/image-understanding#token_calculation, 2026-11.
const TILE = { tokens: 258, side: 768, smallSide: 384 }

// Tokens of an image by media resolution. https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11.
const IMAGE_TOKENS = {
  fixed: { LOW: 280, MEDIUM: 560, HIGH: 1120, ULTRA_HIGH: 2240 },
  tiles: { LOW: 64, MEDIUM: 256 },
} as const

export function textTokens(text: string): number {
  let tokens = 0
  for (const [piece] of text.matchAll(PIECE)) tokens += pieceTokens(piece)
  return tokens
}

/** The beginning of a text that has at most this number of tokens. */
export function firstTokens(text: string, most: number): string {
  let tokens = 0
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    tokens += pieceTokens(piece)
    if (tokens > most) return text.slice(0, index)
  }
  return text
}

function pieceTokens(piece: string): number {
  if (piece.length >= MIN_BASE64) return Math.ceil(piece.length / BASE64_PER_TOKEN)
  return /\p{L}/u.test(piece) ? Math.ceil(piece.trim().length / LETTERS_PER_TOKEN) : 1
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
