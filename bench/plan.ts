import type { Size } from '../functions/src/document/box.ts'

export type PhotoSize = Size & { name: string }

/** The sizes and numbers of a run. */
export type Plan = {
  name: 'full' | 'quick'
  /** Ascending. Most cases and the targets refer to the middle one. */
  sizes: readonly [small: PhotoSize, usual: PhotoSize, large: PhotoSize]
  /** The numbers of objects in answers, ascending. */
  counts: readonly number[]
  /** The number of objects that the targets refer to; one of `counts`. */
  usualCount: number
  /** The length of invalid answers. */
  garbageCharacters: number
  rounds: number
}

/** The sizes of phone photos: usually 12 megapixels, optionally 48. */
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

/** Only tests that every case runs. Its figures are not meaningful. */
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
