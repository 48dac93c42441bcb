import type { Box } from './analyze.ts'
import type { Point } from './outline.ts'

export function boxOf(ring: readonly Point[]): Box {
  const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)]
  return { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) }
}

/** 1 at the crossings of a grid inside a closed contour, 0 outside: row by row, by the even-odd rule. */
export function polygonCoverage(ring: readonly Point[], xs: Float64Array, ys: Float64Array): Float64Array {
  const covered = new Float64Array(xs.length * ys.length)
  for (let row = 0; row < ys.length; row++) {
    const crossings = crossingsAt(ring, ys[row]!)
    for (let column = 0, passed = 0; column < xs.length; column++) {
      while (passed < crossings.length && crossings[passed]! <= xs[column]!) passed++
      covered[row * xs.length + column] = passed % 2
    }
  }
  return covered
}

/** Where a horizontal line crosses a closed contour, in ascending order. */
function crossingsAt(ring: readonly Point[], y: number): number[] {
  const crossings: number[] = []
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[x0, y0], [x1, y1]] = [ring[i]!, ring[i + 1]!]
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0))
  }
  return crossings.toSorted((a, b) => a - b)
}
