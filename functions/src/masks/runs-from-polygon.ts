import type { Box } from '../document/box.ts'
import { MaskBudget } from './mask-budget.ts'
import { MAX_RUNS, type MaskRuns, RunBuilder, tooManyRuns } from './mask-runs.ts'

type Point = readonly [x: number, y: number]

/** Every run is between two crossings. */
const MAX_CROSSINGS = 2 * MAX_RUNS

/**
 * The inside of an outline by the even-odd rule over all its rings, at pixel centres, clipped to the box.
 * Crossings are counted from the points before any is computed, because a zigzag outline can cross the rows
 * of a high box millions of times.
 * @param rings in pixels of the image; each is closed automatically
 * @param budget of the photo; one run per two crossings is subtracted
 * @throws MaskTooComplex if edges cross rows more than twice `MAX_RUNS` times, or the budget is spent
 */
export function runsFromPolygon(
  rings: readonly (readonly Point[])[],
  box: Box,
  budget: MaskBudget = new MaskBudget(),
): MaskRuns {
  const ends = countCrossings(rings, box)
  budget.spendRuns(ends[box.height]! / 2)
  const crossings = new Float64Array(ends[box.height]!)
  eachEdge(rings, box, ([x1, y1], [x2, y2], first, last) => {
    const slope = (x2 - x1) / (y2 - y1)
    // The entry of a row is the position of its next crossing, and in the end the end of the row.
    for (let y = first; y < last; y++) {
      crossings[ends[y]!++] = x1 + (box.y + y + 0.5 - y1) * slope - box.x
    }
  })
  const runs = new RunBuilder(box)
  for (let y = 0, at = 0; y < box.height; at = ends[y++]!) {
    const row = crossings.subarray(at, ends[y]).toSorted()
    for (let i = 0; i + 1 < row.length; i += 2) {
      runs.add(y, Math.ceil(row[i]! - 0.5), Math.ceil(row[i + 1]! - 0.5))
    }
  }
  return runs.done()
}

/**
 * The position of each row's first crossing in a list of all crossings. The entry after the last row is their
 * number.
 */
function countCrossings(rings: readonly (readonly Point[])[], box: Box): Int32Array {
  const changes = new Int32Array(box.height + 1)
  eachEdge(rings, box, (_upper, _lower, first, last) => {
    changes[first]!++
    changes[last]!--
  })
  const starts = new Int32Array(box.height + 1)
  for (let y = 0, crossing = 0; y < box.height; y++) {
    crossing += changes[y]!
    starts[y + 1] = starts[y]! + crossing
    if (starts[y + 1]! > MAX_CROSSINGS) throw tooManyRuns()
  }
  return starts
}

/**
 * Visits every edge that crosses the middle of rows of the box: rows `first` to `last` (exclusive). Edges go
 * from the upper to the lower end, so that rounding does not depend on the direction of the ring.
 */
function eachEdge(
  rings: readonly (readonly Point[])[],
  box: Box,
  visit: (upper: Point, lower: Point, first: number, last: number) => void,
): void {
  for (const ring of rings) {
    ring.forEach((from, index) => {
      const to = ring[(index + 1) % ring.length]!
      const [upper, lower] = from[1] < to[1] ? [from, to] : [to, from]
      const first = Math.max(Math.ceil(upper[1] - box.y - 0.5), 0)
      const last = Math.min(Math.ceil(lower[1] - box.y - 0.5), box.height)
      if (first < last) visit(upper, lower, first, last)
    })
  }
}
