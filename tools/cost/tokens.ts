import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../paths.ts'

/** `text`: of the prompt without the image. `output`: of the answer without thoughts. */
export type Counts = { text: number; output: number }

export type PhotoCounts = {
  objects: number
  describe: Counts
  /** Objects with outlines, and boxes only. */
  masks: Counts
  boxes: Counts
  /** Outlines of at most 12 points. */
  fewerPoints: Counts
  /** The prompt for PNG masks (2.x). Their size comes from real answers: `RealAnswers.pngObject`. */
  png: Pick<Counts, 'text'>
}

/**
 * Tokens of an object in stored answers of real models, by the tokenizer of Gemma 3. The answers are not in
 * this repository.
 */
export type RealAnswers = {
  boxObject: { objects: number; asWritten: number; compact: number }
  pngObject: { objects: number; compact: number }
}

export type PhotoName = 'simple' | 'typical' | 'everyday' | 'crowded'

export type TokenCounts = {
  measured: string
  photos: Record<PhotoName, PhotoCounts>
  question: Counts
  real: RealAnswers
  /** The prompts describe-1 and locate-2, measured with the code of that version. */
  before: Partial<Record<PhotoName, { describe: Counts; masks: Counts }>>
}

/** Written by `npm run measure:cost`. */
export const TOKENS_FILE = join(root, 'docs/cost/tokens.json')

export function loadTokens(): TokenCounts {
  return JSON.parse(readFileSync(TOKENS_FILE, 'utf8')) as TokenCounts
}
