import type { Thing } from './analyze.ts'
import { area, type Coverage, type Point, traceOutline } from './outline.ts'
import type { Raster } from './picture.ts'
import { boxOf } from './polygon.ts'

/** A thing that covers pixels of the copy; undefined if these are too few. */
export function thingOf(
  copy: Raster,
  coverage: Coverage,
  name: (ring: Point[]) => Pick<Thing, 'label' | 'colour' | 'shape'>,
): Thing | undefined {
  const ring = traceOutline(coverage)
  if (ring.length < 4) return undefined
  const { width, height } = copy
  const outline = ring.map(([x, y]): Point => [x / width, y / height])
  return {
    ...name(ring),
    box: boxOf(outline),
    outline,
    share: area(ring) / (width * height),
    coverageOn: (columns, rows) =>
      interpolate(
        coverage,
        columns.map((x) => x * width),
        rows.map((y) => y * height),
      ),
  }
}

/** Bilinear interpolation between pixel centres. */
function interpolate(
  { left, top, width, height, values }: Coverage,
  xs: Float64Array,
  ys: Float64Array,
): Float64Array {
  const columns = neighbours(xs, left, width)
  const rows = neighbours(ys, top, height)
  const samples = new Float64Array(xs.length * ys.length)
  let sample = 0
  for (let j = 0; j < ys.length; j++) {
    const [above, below] = [rows.before[j]! * width, rows.after[j]! * width]
    const down = rows.share[j]!
    for (let i = 0; i < xs.length; i++) {
      const [before, after] = [columns.before[i]!, columns.after[i]!]
      const right = columns.share[i]!
      const upper = values[above + before]! * (1 - right) + values[above + after]! * right
      const lower = values[below + before]! * (1 - right) + values[below + after]! * right
      samples[sample++] = upper * (1 - down) + lower * down
    }
  }
  return samples
}

/** The pixels of a row or column on both sides of each position, and how close it is to the second. */
function neighbours(positions: Float64Array, start: number, length: number) {
  const [before, after] = [new Int32Array(positions.length), new Int32Array(positions.length)]
  const share = new Float64Array(positions.length)
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]! - start - 0.5
    const pixel = Math.floor(position)
    before[i] = Math.min(length - 1, Math.max(0, pixel))
    after[i] = Math.min(length - 1, Math.max(0, pixel + 1))
    share[i] = position - pixel
  }
  return { before, after, share }
}
