import type { Size } from '../functions/src/document/box.ts'

export type PhotoSize = Size & { name: string }

/** What is measured, and how often. */
export type Plan = {
  name: 'full' | 'quick'
  /** Ascending; the one in the middle is the one that most cases and the targets are about. */
  sizes: readonly [small: PhotoSize, usual: PhotoSize, large: PhotoSize]
  /** Objects in an answer, ascending. */
  counts: readonly number[]
  /** Objects in the answer that the targets are about; one of `counts`. */
  usualCount: number
  /** Of the answers that are nonsense. */
  garbageCharacters: number
  rounds: number
}

/** What phones take: 12 megapixels as a rule, 48 on request. */
export const FULL: Plan = {
  name: 'full',
  sizes: [
    { name: '1 MP', width: 1152, height: 864 },
    { name: '12 MP', width: 4032, height: 3024 },
    { name: '48 MP', width: 8064, height: 6048 },
  ],
  counts: [1, 5, 20, 50],
  usualCount: 20,
  garbageCharacters: 200_000,
  rounds: 7,
}

/** Shows that every case runs; its figures say nothing. */
export const QUICK: Plan = {
  name: 'quick',
  sizes: [
    { name: '0.1 MP', width: 384, height: 288 },
    { name: '0.4 MP', width: 768, height: 576 },
    { name: '0.8 MP', width: 1024, height: 768 },
  ],
  counts: [1, 3, 5],
  usualCount: 3,
  garbageCharacters: 5_000,
  rounds: 2,
}
