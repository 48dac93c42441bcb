import type { Box, Size } from '../document/box.ts'
import { MaskBudget } from './mask-budget.ts'
import { type MaskRuns, RunBuilder } from './mask-runs.ts'

/** A probability map of a box: one byte (0 to 255) per pixel. Its size is independent of the box's size. */
export type ProbabilityMap = Size & { values: Uint8Array }

/** The guide binarises at the midpoint. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11 */
const THRESHOLD = 127

/**
 * The map, resized bilinearly to its frame and compared with the threshold. Between two columns of the map
 * the resized value is linear, so crossings are computed instead of sampled.
 * @param frame the area that the map covers; larger than the box if the model's box reaches beyond the image
 * @param budget of the photo; the cost of this mask is subtracted
 * @throws MaskTooComplex if the mask has more than `MAX_RUNS` runs, or the budget is spent
 */
export function runsFromMap(
  map: ProbabilityMap,
  box: Box,
  frame: Box = box,
  budget: MaskBudget = new MaskBudget(),
): MaskRuns {
  const { width, height } = map
  budget.spendSteps(width * height)
  const rows = wordRows(map)
  const { values, stride } = rows
  const runs = new RunBuilder(box)
  const perColumn = frame.width / width
  const [left, top] = [frame.x - box.x, frame.y - box.y]
  const columns = new Int32Array(width)
  let columnCount = 0
  let columnsOf = -1
  for (let y = 0; y < box.height; y++) {
    const sourceY = Math.min(Math.max(((y - top + 0.5) * height) / frame.height - 0.5, 0), height - 1)
    const upper = Math.floor(sourceY)
    const share = sourceY - upper
    const upperAt = upper * stride
    const lowerAt = Math.min(upper + 1, height - 1) * stride
    if (columnsOf !== upper) {
      columnCount = findColumns(rows, upperAt, lowerAt, columns)
      columnsOf = upper
    }
    budget.spendSteps(columnCount)
    let inside = between(values[upperAt]!, values[lowerAt]!, share) > THRESHOLD
    let start = left
    for (let i = 0; i < columnCount; i++) {
      const column = columns[i]!
      const after = between(values[upperAt + column]!, values[lowerAt + column]!, share)
      if (after > THRESHOLD === inside) continue
      const before = between(values[upperAt + column - 1]!, values[lowerAt + column - 1]!, share)
      const crossing = column - 1 + (THRESHOLD - before) / (after - before)
      // In pixels of the box, with the centre of pixel n at n. A pixel exactly on the threshold is outside.
      const x = left + (crossing + 0.5) * perColumn - 0.5
      if (inside) runs.add(y, start, Math.ceil(x))
      else start = Math.floor(x) + 1
      inside = !inside
    }
    if (inside) runs.add(y, start, left + frame.width)
  }
  const mask = runs.done()
  budget.spendRuns(mask.spans.length / 3)
  return mask
}

/** A map whose rows begin at multiples of four, so that four columns can be read as one word. */
type WordRows = { width: number; stride: number; values: Uint8Array; words: Int32Array }

function wordRows({ width, height, values }: ProbabilityMap): WordRows {
  const stride = (width + 3) & ~3
  const padded = new Uint8Array(stride * height)
  for (let y = 0; y < height; y++) padded.set(values.subarray(y * width, (y + 1) * width), y * stride)
  return { width, stride, values: padded, words: new Int32Array(padded.buffer) }
}

/** The high bit of a byte is set if the value is above the threshold. */
const HIGH_BITS = 0x80808080 | 0

/**
 * Finds the columns where a row between two rows of the map can cross the threshold: the two rows are on
 * different sides, or on other sides than in the column before.
 * @returns their number; they are the first entries of `columns`
 */
function findColumns(map: WordRows, upperAt: number, lowerAt: number, columns: Int32Array): number {
  const { width, values, words } = map
  let count = 0
  let before = sides(values[upperAt]!, values[lowerAt]!)
  for (let first = 0; first < width; first += 4) {
    const upper = words[(upperAt + first) >> 2]! & HIGH_BITS
    // Most of a map is far from an outline: neither row changes its side.
    if (upper === (words[(lowerAt + first) >> 2]! & HIGH_BITS)) {
      if (upper === 0 ? before === BELOW : upper === HIGH_BITS && before === ABOVE) continue
    }
    for (let column = first; column < first + 4 && column < width; column++) {
      const now = sides(values[upperAt + column]!, values[lowerAt + column]!)
      if (column > 0 && (now !== before || (now !== BELOW && now !== ABOVE))) columns[count++] = column
      before = now
    }
  }
  return count
}

const BELOW = 0
const ABOVE = 3

function sides(upper: number, lower: number): number {
  return (upper > THRESHOLD ? 1 : 0) | (lower > THRESHOLD ? 2 : 0)
}

/** Stays between both ends also after rounding, so that the result of `findColumns` is valid. */
function between(from: number, to: number, share: number): number {
  return from + (to - from) * share
}
