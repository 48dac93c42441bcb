import type { PixelBox } from './run-file.ts'

type Located = { label: string; box: PixelBox }

/** Boxes with at least this intersection over union are the same object. */
export const SAME_OBJECT_IOU = 0.5

export type Pair<A, B> = { a: A; b: B; iou: number; sameLabel: boolean }

export type Matches<A, B> = { pairs: Pair<A, B>[]; onlyA: A[]; onlyB: B[] }

/** Intersection over union of two boxes, 0 to 1. */
export function boxIou(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  if (width <= 0 || height <= 0) return 0
  return (width * height) / (a.width * a.height + b.width * b.height - width * height)
}

/**
 * Pairs of the same object: boxes with an IoU of at least 0.5, each at most once. Pairs with the same label are
 * made first, then those with the highest IoU.
 */
export function matchObjects<A extends Located, B extends Located>(
  as: readonly A[],
  bs: readonly B[],
  isSameLabel: (a: A, b: B) => boolean = haveSameLabel,
): Matches<A, B> {
  const candidates = as.flatMap((a) =>
    bs.flatMap((b) => {
      const iou = boxIou(a.box, b.box)
      return iou >= SAME_OBJECT_IOU ? [{ a, b, iou, sameLabel: isSameLabel(a, b) }] : []
    }),
  )
  candidates.sort((x, y) => Number(y.sameLabel) - Number(x.sameLabel) || y.iou - x.iou)
  const [takenA, takenB] = [new Set<A>(), new Set<B>()]
  const pairs = candidates.filter(({ a, b }) => {
    if (takenA.has(a) || takenB.has(b)) return false
    takenA.add(a)
    takenB.add(b)
    return true
  })
  return {
    pairs,
    onlyA: as.filter((a) => !takenA.has(a)),
    onlyB: bs.filter((b) => !takenB.has(b)),
  }
}

function haveSameLabel(a: Located, b: Located): boolean {
  return wordsOf(a.label).join(' ') === wordsOf(b.label).join(' ')
}

/** Whether a label has each word of the expected one: "large red circle" for "red circle". */
export function namesObject(label: string, expected: string): boolean {
  const words = new Set(wordsOf(label))
  return wordsOf(expected).every((word) => words.has(word))
}

function wordsOf(label: string): string[] {
  return label.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}
