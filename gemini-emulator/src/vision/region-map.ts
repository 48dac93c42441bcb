import type { Colour } from './colour.ts'
import type { Raster } from './picture.ts'

/** One number a pixel: the region it belongs to, counted from 0. */
export type RegionMap = { width: number; height: number; of: Int32Array; count: number }

/** Every two neighbouring pixels that belong to different regions, each pair once. */
export function forEachBorder({ width, height, of }: RegionMap, visit: (i: number, j: number) => void): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      if (x + 1 < width && of[i] !== of[i + 1]) visit(i, i + 1)
      if (y + 1 < height && of[i] !== of[i + width]) visit(i, i + width)
    }
  }
}

/** The same regions under numbers without gaps, in order of their first pixel. */
export function renumber(width: number, height: number, regionAt: (i: number) => number): RegionMap {
  const of = new Int32Array(width * height)
  const numbers = new Map<number, number>()
  for (let i = 0; i < of.length; i++) {
    const region = regionAt(i)
    let number = numbers.get(region)
    if (number === undefined) numbers.set(region, (number = numbers.size))
    of[i] = number
  }
  return { width, height, of, count: numbers.size }
}

export function countPixels(map: RegionMap): Uint32Array {
  const pixels = new Uint32Array(map.count)
  for (const region of map.of) pixels[region]!++
  return pixels
}

export type Extent = { left: number; top: number; right: number; bottom: number }

/** The first and last column and row of each region. */
export function measureExtents({ width, height, of, count }: RegionMap): Extent[] {
  const extents = Array.from({ length: count }, () => ({ left: width, top: height, right: -1, bottom: -1 }))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const extent = extents[of[y * width + x]!]!
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
  /** The median of its pixels. */
  colour: Colour
  /** Share of its pixels that look like that: about 1 on a flat drawing, also after JPEG. */
  evenness: number
}

// In steps of sRGB; JPEG of quality 85 strays about half as far.
const LOOKS_ALIKE = 16

/** What each region looks like, its edges left out where it has an inside. */
export function measureSurfaces({ rgb }: Raster, map: RegionMap): Surface[] {
  const insides = insidePixels(map)
  const pixels = countPixels(map)
  const histograms = new Uint32Array(map.count * 3 * 256)
  for (const i of insides) {
    for (let c = 0; c < 3; c++) histograms[(map.of[i]! * 3 + c) * 256 + rgb[i * 3 + c]!]!++
  }
  const colours = Array.from({ length: map.count }, (_, region): Colour => {
    const channel = (c: number) =>
      median(histograms.subarray((region * 3 + c) * 256, (region * 3 + c + 1) * 256))
    return [channel(0), channel(1), channel(2)]
  })
  const alike = new Uint32Array(map.count)
  const total = new Uint32Array(map.count)
  for (const i of insides) {
    const region = map.of[i]!
    const [red, green, blue] = colours[region]!
    const stray = Math.max(
      Math.abs(rgb[i * 3]! - red),
      Math.abs(rgb[i * 3 + 1]! - green),
      Math.abs(rgb[i * 3 + 2]! - blue),
    )
    if (stray <= LOOKS_ALIKE) alike[region]!++
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

/** Pixels that do not touch another region, and every pixel of regions that have none such. */
function insidePixels(map: RegionMap): Uint32Array {
  const atEdge = new Uint8Array(map.of.length)
  forEachBorder(map, (i, j) => {
    atEdge[i] = atEdge[j] = 1
  })
  const hasInside = new Uint8Array(map.count)
  for (let i = 0; i < atEdge.length; i++) if (!atEdge[i]) hasInside[map.of[i]!] = 1
  const found = new Uint32Array(map.of.length)
  let count = 0
  for (let i = 0; i < atEdge.length; i++) if (!atEdge[i] || !hasInside[map.of[i]!]) found[count++] = i
  return found.subarray(0, count)
}
