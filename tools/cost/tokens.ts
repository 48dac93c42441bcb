import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../paths.ts'

/** `text`: of the prompt without the image. `output`: of the answer without thoughts. */
export type Counts = { text: number; output: number }

export type PhotoCounts = {
  objects: number
  describe: Counts
  /** Objects with outlines, boxes only, and objects with PNG masks (2.x). */
  masks: Counts
  boxes: Counts
  /** Outlines of at most 12 points. */
  fewerPoints: Counts
  png: Counts
}

export type PhotoName = 'simple' | 'typical' | 'crowded'

export type TokenCounts = {
  measured: string
  photos: Record<PhotoName, PhotoCounts>
  question: Counts
  /** The prompts describe-1 and locate-2, by the same command. */
  before: Record<PhotoName, { describe: Counts; masks: Counts }>
}

/** Written by `npm run measure:cost`. */
export const TOKENS_FILE = join(root, 'docs/cost/tokens.json')

export function loadTokens(): TokenCounts {
  return JSON.parse(readFileSync(TOKENS_FILE, 'utf8')) as TokenCounts
}
