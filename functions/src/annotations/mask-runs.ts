import type { Box, Size } from './box.ts'

/**
 * A mask as the horizontal runs of pixels that it covers, within a box: `spans` holds [row, start, end] triples, in pixels of the
 * box, rows ascending, `end` exclusive. Its cost follows the outline, not the area.
 */
export type MaskRuns = { box: Box; spans: Int32Array; areaPixels: number }

/** A probability map inside a box: one byte (0 to 255) a pixel, at a size of its own. */
export type ProbabilityMap = Size & { values: Uint8Array }

/** The guide binarises at the midpoint. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11 */
const THRESHOLD = 127

/**
 * The map, resized to its frame bilinearly and cut at the threshold. Between two columns of the map the resized value is a straight
 * line, so the crossing is solved rather than sampled.
 * @param frame what the map covers; larger than the box when the model's box reaches beyond the image
 */
export function runsFromMap(map: ProbabilityMap, box: Box, frame: Box = box): MaskRuns {
  const runs = new RunBuilder(box)
  const perColumn = frame.width / map.width
  const [left, top] = [frame.x - box.x, frame.y - box.y]
  const line = new Float64Array(map.width)
  for (let y = 0; y < box.height; y++) {
    interpolateRow(map, ((y - top + 0.5) * map.height) / frame.height - 0.5, line)
    let start: number | undefined = line[0]! > THRESHOLD ? left : undefined
    for (let column = 1; column < map.width; column++) {
      const [before, after] = [line[column - 1]!, line[column]!]
      if (before > THRESHOLD === after > THRESHOLD) continue
      const crossing = column - 1 + (THRESHOLD - before) / (after - before)
      // In pixels of the box, where pixel n has its centre at n. A pixel on the threshold itself is outside.
      const x = left + (crossing + 0.5) * perColumn - 0.5
      if (after > THRESHOLD) {
        start = Math.floor(x) + 1
      } else {
        runs.add(y, start!, Math.ceil(x))
        start = undefined
      }
    }
    if (start !== undefined) runs.add(y, start, left + frame.width)
  }
  return runs.done()
}

/**
 * The inside of a polygon by the even-odd rule, at pixel centres, clipped to the box.
 * @param points in pixels of the image
 */
export function runsFromPolygon(
  rings: readonly (readonly (readonly [number, number])[])[],
  box: Box,
): MaskRuns {
  const runs = new RunBuilder(box)
  rowCrossings(rings, box).forEach((crossings, y) => {
    crossings.sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      runs.add(y, Math.ceil(crossings[i]! - 0.5), Math.ceil(crossings[i + 1]! - 0.5))
    }
  })
  return runs.done()
}

/** Where edges cross the middle of each row of the box. Each edge visits only its own rows: thousands of points stay cheap. */
function rowCrossings(rings: readonly (readonly (readonly [number, number])[])[], box: Box): number[][] {
  const rows = Array.from({ length: box.height }, (): number[] => [])
  for (const ring of rings)
    ring.forEach(([x1, y1], index) => {
      const [x2, y2] = ring[(index + 1) % ring.length]!
      const [upper, lower] = [Math.min(y1, y2) - box.y, Math.max(y1, y2) - box.y]
      const last = Math.min(Math.ceil(lower - 0.5), box.height)
      for (let y = Math.max(Math.ceil(upper - 0.5), 0); y < last; y++) {
        rows[y]!.push(x1 + ((box.y + y + 0.5 - y1) / (y2 - y1)) * (x2 - x1) - box.x)
      }
    })
  return rows
}

/** One row of the map at a height between its rows, `sourceY` in rows. */
function interpolateRow(map: ProbabilityMap, sourceY: number, line: Float64Array): void {
  const clamped = Math.min(Math.max(sourceY, 0), map.height - 1)
  const upper = Math.floor(clamped)
  const share = clamped - upper
  const upperAt = upper * map.width
  const lowerAt = Math.min(upper + 1, map.height - 1) * map.width
  for (let x = 0; x < map.width; x++) {
    line[x] = map.values[upperAt + x]! * (1 - share) + map.values[lowerAt + x]! * share
  }
}

class RunBuilder {
  private readonly box: Box
  private spans = new Int32Array(3 * 64)
  private length = 0
  private areaPixels = 0

  constructor(box: Box) {
    this.box = box
  }

  add(row: number, start: number, end: number): void {
    const from = Math.max(start, 0)
    const to = Math.min(end, this.box.width)
    if (to <= from) return
    if (this.length + 3 > this.spans.length) {
      const larger = new Int32Array(this.spans.length * 2)
      larger.set(this.spans)
      this.spans = larger
    }
    this.spans[this.length++] = row
    this.spans[this.length++] = from
    this.spans[this.length++] = to
    this.areaPixels += to - from
  }

  done(): MaskRuns {
    return { box: this.box, spans: this.spans.subarray(0, this.length), areaPixels: this.areaPixels }
  }
}
