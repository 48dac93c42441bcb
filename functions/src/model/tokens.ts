import type { Config } from '../config/config.ts'
import type { TaskModel } from '../config/task-model.ts'
import { MAX_ASPECT } from '../image/limits.ts'
import { LONG_SIDE } from '../image/prepare.ts'
import { modelFamily } from './model-families.ts'

// Estimates the tokens of a request before it is sent, for reservations. Answers report the real usage.

type Size = { width: number; height: number }

/** https://ai.google.dev/gemini-api/docs/image-understanding, "Calculate tokens", 2026-11. */
const TILE = { side: 768, tokens: 258, smallSide: 384 }
/** By media resolution. https://ai.google.dev/gemini-api/docs/media-resolution, 2026-11. */
const FIXED_TOKENS = { low: 280, medium: 560, high: 1120 }
/**
 * Tokens of a character, by script, rounded up; the first match applies. "A token is equivalent to about 4
 * characters" (https://ai.google.dev/gemini-api/docs/tokens, 2026-11) holds for English. Digits are a token
 * each, as in the tokenizer of Gemma with which Google's SDK counts (@google/genai 3.3.0, dist/tokenizer). The
 * other figures are upper estimates: Google publishes none by script.
 */
const TOKENS_BY_SCRIPT: readonly (readonly [RegExp, number])[] = [
  [/\p{N}/u, 1],
  [/[\0-\x7f]/, 0.25],
  [/[\p{sc=Latn}\p{sc=Cyrl}\p{sc=Grek}\p{sc=Arab}\p{sc=Hebr}]/u, 0.5],
  [/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{sc=Deva}\p{sc=Beng}\p{sc=Taml}\p{P}\p{Z}]/u, 1],
  [/\p{Extended_Pictographic}/u, 2],
]
/** A character outside the vocabulary is a token for each of its bytes in UTF-8. */
const TOKENS_OF_OTHERS = 4

/** @param size pixels of the image as it is sent */
export function estimateImageTokens({ width, height }: Size, { model, mediaResolution }: TaskModel): number {
  if (modelFamily(model).images === 'fixed') return FIXED_TOKENS[mediaResolution]
  if (Math.max(width, height) <= TILE.smallSide) return TILE.tokens
  return TILE.tokens * Math.ceil(width / TILE.side) * Math.ceil(height / TILE.side)
}

export function estimateTextTokens(text: string): number {
  let tokens = 0
  for (const character of text) {
    tokens += TOKENS_BY_SCRIPT.find(([script]) => script.test(character))?.[1] ?? TOKENS_OF_OTHERS
  }
  return Math.ceil(tokens)
}

/** @param prompt `texts`: with the system instruction and the conversation */
export function estimatePromptTokens(
  { images, texts }: { images: readonly Size[]; texts: readonly string[] },
  model: TaskModel,
): number {
  const imageTokens = images.reduce((sum, size) => sum + estimateImageTokens(size, model), 0)
  return texts.reduce((sum, text) => sum + estimateTextTokens(text), imageTokens)
}

/**
 * The most tokens that an accepted image may use after `prepareImage`: for a reservation before the image is
 * loaded.
 * @param mayBeHeif by its name or declared type
 */
export function mostImageTokens(
  task: TaskModel,
  { fullResolution, heic, maxImagePixels }: Pick<Config, 'fullResolution' | 'heic' | 'maxImagePixels'>,
  mayBeHeif: boolean,
): number {
  if (modelFamily(task.model).images === 'fixed') return FIXED_TOKENS[task.mediaResolution]
  // Originals of HEIC and HEIF have their full size.
  const unlimited = fullResolution || (mayBeHeif && heic === 'original')
  const sizes = unlimited ? largestSizes(maxImagePixels) : [{ width: LONG_SIDE, height: LONG_SIDE }]
  const tiles = sizes.map((size) => estimateImageTokens(size, task))
  // Requests to retired models are routed to newer ones, whose images use this many tokens by default.
  return Math.max(FIXED_TOKENS.high, ...tiles)
}

/** For each number of tile rows the widest image: one of these has the most tiles. */
function largestSizes(maxPixels: number): Size[] {
  const sizes: Size[] = []
  // The image is widest where the limits of pixels and of the aspect ratio meet.
  const widestAt = Math.sqrt(maxPixels / MAX_ASPECT)
  for (let rows = 1; ; rows++) {
    const [lowest, highest] = [(rows - 1) * TILE.side + 1, rows * TILE.side]
    const height = Math.min(Math.max(lowest, widestAt), highest)
    const width = Math.min(maxPixels / height, height * MAX_ASPECT)
    if (width < height && rows > 1) return sizes
    sizes.push({ width, height })
  }
}
