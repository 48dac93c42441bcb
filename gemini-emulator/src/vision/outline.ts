import { contours } from 'd3-contour'
import type { Raster } from './picture.ts'
import type { Extent, RegionMap, Surface } from './region-map.ts'

export type Point = readonly [x: number, y: number]

/** The fraction of each pixel of a window that belongs to a region, 0 to 1. */
export type Coverage = { left: number; top: number; width: number; height: number; values: Float32Array }

// The number of pixels on either side of an edge whose colour may be mixed.
const BLUR = 2
const EVEN = 0.8
const MIN_CONTRAST = 24

/** Computes the coverage of pixels along the edges of a region from their mixed colours. */
export function measureCoverage(
  raster: Raster,
  map: RegionMap,
  surfaces: Surface[],
  region: number,
  extent: Extent,
): Coverage {
  const window = windowAround(map, extent)
  const values = new Float32Array(window.width * window.height)
  const even = surfaces[region]!.evenness >= EVEN
  const around = new Map<number, number>()
  for (let y = 0; y < window.height; y++) {
    for (let x = 0; x < window.width; x++) {
      const [u, v] = [x + window.left, y + window.top]
      const i = v * map.width + u
      const own = Number(map.regions[i] === region)
      const at = y * window.width + x
      values[at] = own
      if (!even || isInterior(map, u, v, BLUR)) continue
      countAround(map, u, v, around)
      if (!around.delete(region)) continue
      values[at] = mixture(raster, surfaces, i, region, around) ?? own
    }
  }
  return { ...window, values }
}

/**
 * Whether the neighbourhood belongs to one region. Samples only corners and side centres, enough to find
 * edges.
 */
function isInterior({ width, height, regions }: RegionMap, x: number, y: number, reach: number): boolean {
  const region = regions[y * width + x]
  for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v += reach) {
    for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u += reach) {
      if (regions[v * width + u] !== region) return false
    }
  }
  return true
}

function windowAround({ width, height }: RegionMap, { left, top, right, bottom }: Extent) {
  const margin = BLUR + 1
  const [x, y] = [Math.max(0, left - margin), Math.max(0, top - margin)]
  const [xEnd, yEnd] = [Math.min(width, right + margin + 1), Math.min(height, bottom + margin + 1)]
  return { left: x, top: y, width: xEnd - x, height: yEnd - y }
}

function countAround(
  { width, height, regions }: RegionMap,
  x: number,
  y: number,
  counts: Map<number, number>,
): void {
  counts.clear()
  for (let v = Math.max(0, y - BLUR); v <= Math.min(height - 1, y + BLUR); v++) {
    for (let u = Math.max(0, x - BLUR); u <= Math.min(width - 1, x + BLUR); u++) {
      const region = regions[v * width + u]!
      counts.set(region, (counts.get(region) ?? 0) + 1)
    }
  }
}

/**
 * The position of the pixel's colour between those of the region and its main neighbour; undefined if
 * unclear.
 */
function mixture(
  { rgb }: Raster,
  surfaces: Surface[],
  i: number,
  region: number,
  around: Map<number, number>,
): number | undefined {
  const [other] = [...around].reduce((most, entry) => (entry[1] > most[1] ? entry : most))
  const [inside, outside] = [surfaces[region]!, surfaces[other]!]
  if (inside.evenness < EVEN || outside.evenness < EVEN) return undefined
  let along = 0
  let length = 0
  for (let c = 0; c < 3; c++) {
    const step = inside.colour[c]! - outside.colour[c]!
    along += (rgb[i * 3 + c]! - outside.colour[c]!) * step
    length += step * step
  }
  return length < MIN_CONTRAST ** 2 ? undefined : Math.min(1, Math.max(0, along / length))
}

/** The closed outer contour of the largest part, in pixels of the copy. The last point equals the first. */
export function traceOutline({ left, top, width, height, values }: Coverage): Point[] {
  const { coordinates } = contours().size([width, height]).contour(Array.from(values), 0.5)
  const rings = coordinates.map((polygon) => polygon[0] as [number, number][])
  const largest = rings.reduce((most, ring) => (area(ring) > area(most) ? ring : most), [])
  return largest.map(([x, y]) => [x + left, y + top])
}

/** The area inside a closed contour. */
export function area(ring: readonly Point[]): number {
  let sum = 0
  for (let i = 0; i + 1 < ring.length; i++)
    sum += ring[i]![0] * ring[i + 1]![1] - ring[i + 1]![0] * ring[i]![1]
  return Math.abs(sum) / 2
}
