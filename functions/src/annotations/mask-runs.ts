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
 * The map, resized to the box bilinearly and cut at the threshold. Between two columns of the map the resized value is a straight
 * line, so the crossing is solved rather than sampled.
 */
export function runsFromMap(map: ProbabilityMap, box: Box): MaskRuns {
  const runs = new RunBuilder(box)
  const perColumn = box.width / map.width
  const line = new Float64Array(map.width)
  for (let y = 0; y < box.height; y++) {
    interpolateRow(map, ((y + 0.5) * map.height) / box.height - 0.5, line)
    let start = line[0]! > THRESHOLD ? 0 : -1
    for (let column = 1; column < map.width; column++) {
      const [before, after] = [line[column - 1]!, line[column]!]
      if (before > THRESHOLD === after > THRESHOLD) continue
      const crossing = column - 1 + (THRESHOLD - before) / (after - before)
      // The first pixel whose centre lies at or past the crossing.
      const x = Math.ceil((crossing + 0.5) * perColumn - 0.5)
      if (after > THRESHOLD) {
        start = x
      } else {
        runs.add(y, start, x)
        start = -1
      }
    }
    if (start >= 0) runs.add(y, start, box.width)
  }
  return runs.done()
}

/**
 * The inside of a polygon by the even-odd rule, at pixel centres, clipped to the box.
 * @param points in pixels of the image
 */
export function runsFromPolygon(points: readonly (readonly [number, number])[], box: Box): MaskRuns {
  const runs = new RunBuilder(box)
  for (let y = 0; y < box.height; y++) {
    const centre = box.y + y + 0.5
    const crossings: number[] = []
    points.forEach(([x1, y1], index) => {
      const [x2, y2] = points[(index + 1) % points.length]!
      if (y1 > centre !== y2 > centre) crossings.push(x1 + ((centre - y1) / (y2 - y1)) * (x2 - x1) - box.x)
    })
    crossings.sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      runs.add(y, Math.ceil(crossings[i]! - 0.5), Math.ceil(crossings[i + 1]! - 0.5))
    }
  }
  return runs.done()
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
