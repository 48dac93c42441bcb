import type { Colour } from './colour.ts'
import type { Raster } from './picture.ts'

/** The region number of each pixel, from 0. */
export type RegionMap = { width: number; height: number; regions: Int32Array; count: number }

/** Visits each pair of adjacent pixels that belong to different regions once. */
export function forEachBorder(
  { width, height, regions }: RegionMap,
  visit: (i: number, j: number) => void,
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      if (x + 1 < width && regions[i] !== regions[i + 1]) visit(i, i + 1)
      if (y + 1 < height && regions[i] !== regions[i + width]) visit(i, i + width)
    }
  }
}

/** Numbers the regions consecutively, in the order of their first pixel. */
export function renumber(width: number, height: number, regionAt: (i: number) => number): RegionMap {
  const regions = new Int32Array(width * height)
  const numbers = new Map<number, number>()
  for (let i = 0; i < regions.length; i++) {
    const region = regionAt(i)
    let number = numbers.get(region)
    if (number === undefined) numbers.set(region, (number = numbers.size))
    regions[i] = number
  }
  return { width, height, regions, count: numbers.size }
}

export function countPixels(map: RegionMap): Uint32Array {
  const pixels = new Uint32Array(map.count)
  for (const region of map.regions) pixels[region]!++
  return pixels
}

export type Extent = { left: number; top: number; right: number; bottom: number }

/** The first and last column and row of each region. */
export function measureExtents({ width, height, regions, count }: RegionMap): Extent[] {
  const extents = Array.from({ length: count }, () => ({ left: width, top: height, right: -1, bottom: -1 }))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const extent = extents[regions[y * width + x]!]!
      if (x < extent.left) extent.left = x
      if (x > extent.right) extent.right = x
      if (y < extent.top) extent.top = y
      if (y > extent.bottom) extent.bottom = y
    }
  }
  return extents
}

export type Surface = {
  pixels: number
  /** The median colour of its pixels. */
  colour: Colour
  /**
   * The fraction of its pixels close to that colour: about 1 in a flat drawing, also after JPEG compression.
   */
  evenness: number
}

// In sRGB steps. JPEG of quality 85 deviates about half as much.
const MAX_DEVIATION = 16

/** Measures the colour of each region, without its edge pixels if it has other pixels. */
export function measureSurfaces({ rgb }: Raster, map: RegionMap): Surface[] {
  const insides = insidePixels(map)
  const pixels = countPixels(map)
  const histograms = new Uint32Array(map.count * 3 * 256)
  for (const i of insides) {
    for (let c = 0; c < 3; c++) histograms[(map.regions[i]! * 3 + c) * 256 + rgb[i * 3 + c]!]!++
  }
  const colours = Array.from({ length: map.count }, (_, region): Colour => {
    const channel = (c: number) =>
      median(histograms.subarray((region * 3 + c) * 256, (region * 3 + c + 1) * 256))
    return [channel(0), channel(1), channel(2)]
  })
  const alike = new Uint32Array(map.count)
  const total = new Uint32Array(map.count)
  for (const i of insides) {
    const region = map.regions[i]!
    const [red, green, blue] = colours[region]!
    const deviation = Math.max(
      Math.abs(rgb[i * 3]! - red),
      Math.abs(rgb[i * 3 + 1]! - green),
      Math.abs(rgb[i * 3 + 2]! - blue),
    )
    if (deviation <= MAX_DEVIATION) alike[region]!++
    total[region]!++
  }
  return colours.map((colour, region) => ({
    pixels: pixels[region]!,
    colour,
    evenness: alike[region]! / total[region]!,
  }))
}

function median(histogram: Uint32Array): number {
  let left = histogram.reduce((sum, count) => sum + count, 0) / 2
  return histogram.findIndex((count) => (left -= count) <= 0)
}

/** The pixels that do not touch another region. For regions without such pixels: all pixels. */
function insidePixels(map: RegionMap): Uint32Array {
  const atEdge = new Uint8Array(map.regions.length)
  forEachBorder(map, (i, j) => {
    atEdge[i] = atEdge[j] = 1
  })
  const hasInside = new Uint8Array(map.count)
  for (let i = 0; i < atEdge.length; i++) if (!atEdge[i]) hasInside[map.regions[i]!] = 1
  const found = new Uint32Array(map.regions.length)
  let count = 0
  for (let i = 0; i < atEdge.length; i++) if (!atEdge[i] || !hasInside[map.regions[i]!]) found[count++] = i
  return found.subarray(0, count)
}
