import { type Colour, type Lab, labDistance, toLab } from './colour.ts'
import type { Raster } from './picture.ts'
import {
  countPixels,
  forEachBorder,
  measureSurfaces,
  type RegionMap,
  renumber,
  type Surface,
} from './region-map.ts'

// Neighbours that differ less look like one surface. The basic colours are at least 0.1 apart.
const SAME_SURFACE = 0.06
// Regions thinner than this (in pixels) are blur between two surfaces.
const MIN_THICKNESS = 2.5

// Evenness of a surface with a reliable colour, and of one that may contain many mixed pixels.
const EVEN = 0.8
const HALF_EVEN = 0.4
// The largest distance (0-255) of a mixed colour from the line between its two source colours.
const MIXTURE_TOLERANCE = 12

/** Merges regions that look like one surface, and assigns the blur between two surfaces to one of them. */
export function mergeRegions(raster: Raster, map: RegionMap, maxRegions: number): RegionMap {
  const merged = removeThinRegions(mergeSimilar(raster, removeThinRegions(map), maxRegions))
  return reassignMixedPixels(raster, merged)
}

/** Assigns the pixels of thin regions to the adjacent thicker regions, nearest first. */
function removeThinRegions(map: RegionMap): RegionMap {
  const thin = thinRegions(map)
  if (!thin.some(Boolean) || thin.every(Boolean)) return map
  const regions = map.regions.map((region) => (thin[region] ? -1 : region))
  for (let isChanged = true; isChanged; ) {
    const assigned = new Map<number, number>()
    forEachBorder({ ...map, regions }, (i, j) => {
      if (regions[i] === -1) assigned.set(i, regions[j]!)
      else if (regions[j] === -1) assigned.set(j, regions[i]!)
    })
    for (const [i, region] of assigned) regions[i] = region
    isChanged = assigned.size > 0
  }
  return renumber(map.width, map.height, (i) => regions[i]!)
}

function thinRegions(map: RegionMap): boolean[] {
  const perimeter = new Uint32Array(map.count)
  forEachBorder(map, (i, j) => {
    perimeter[map.regions[i]!]!++
    perimeter[map.regions[j]!]!++
  })
  return Array.from(countPixels(map), (pixels, region) => (2 * pixels) / perimeter[region]! < MIN_THICKNESS)
}

/**
 * Merges neighbours of similar colour, most similar first, then continues until at most `maxRegions` are
 * left.
 */
function mergeSimilar(raster: Raster, map: RegionMap, maxRegions: number): RegionMap {
  const surfaces = measureSurfaces(raster, map)
  const pixels = surfaces.map((surface) => surface.pixels)
  const means = surfaces.map(({ colour }) => toLab(colour))
  const neighbours = findNeighbours(map)
  const mergedInto = Array.from({ length: map.count }, (_, region) => region)
  for (let left = map.count; left > 1; left--) {
    const pair = cheapestPair(means, pixels, neighbours)
    if (!pair || (pair.cost > 0 && left <= maxRegions)) break
    const [kept, removed] = pixels[pair.a]! >= pixels[pair.b]! ? [pair.a, pair.b] : [pair.b, pair.a]
    means[kept] = blend(means[kept]!, means[removed]!, pixels[removed]! / (pixels[removed]! + pixels[kept]!))
    pixels[kept]! += pixels[removed]!
    for (const other of neighbours[removed]!) {
      neighbours[other]!.delete(removed)
      if (other === kept) continue
      neighbours[other]!.add(kept)
      neighbours[kept]!.add(other)
    }
    neighbours[removed]!.clear()
    for (const [region, target] of mergedInto.entries()) if (target === removed) mergedInto[region] = kept
  }
  return renumber(map.width, map.height, (i) => mergedInto[map.regions[i]!]!)
}

/**
 * Assigns each mixed pixel between even surfaces to the surface of the most similar colour. JPEG halves the
 * resolution of colour, so mixed pixels can form a region of their own, up to ten pixels wide.
 */
function reassignMixedPixels(raster: Raster, map: RegionMap): RegionMap {
  const surfaces = measureSurfaces(raster, map)
  const choices = findNeighbours(map).map((others, region) => {
    const surface = { region, ...surfaces[region]! }
    const even = [...others]
      .map((other) => ({ region: other, ...surfaces[other]! }))
      .filter(({ evenness }) => evenness > EVEN)
    return surface.evenness > HALF_EVEN ? [surface, ...even] : findMixedSurfaces(surface, even)
  })
  return renumber(map.width, map.height, (i) => {
    const region = map.regions[i]!
    const options = choices[region]!
    return options.length < 2 ? region : nearestRegion(raster.rgb, i * 3, options)
  })
}

/** Runs for every pixel, so it allocates nothing. */
function nearestRegion(rgb: Uint8Array, at: number, choices: Numbered[]): number {
  let nearest = -1
  let shortest = Number.POSITIVE_INFINITY
  for (const { region, colour } of choices) {
    const [red, green, blue] = [rgb[at]! - colour[0], rgb[at + 1]! - colour[1], rgb[at + 2]! - colour[2]]
    const squared = red * red + green * green + blue * blue
    if (squared >= shortest) continue
    shortest = squared
    nearest = region
  }
  return nearest
}

type Numbered = Surface & { region: number }

/** The two neighbours whose colours mix to the colour of a surface, if any. */
function findMixedSurfaces({ colour }: Numbered, neighbours: Numbered[]): Numbered[] {
  for (const [i, one] of neighbours.entries()) {
    for (const other of neighbours.slice(i + 1)) {
      const detour = distance(colour, one.colour) + distance(colour, other.colour)
      if (detour - distance(one.colour, other.colour) < MIXTURE_TOLERANCE) return [one, other]
    }
  }
  return []
}

function distance(one: Colour, other: Colour): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}

function findNeighbours(map: RegionMap): Set<number>[] {
  const neighbours = Array.from({ length: map.count }, () => new Set<number>())
  forEachBorder(map, (i, j) => {
    const [a, b] = [map.regions[i]!, map.regions[j]!]
    neighbours[a]!.add(b)
    neighbours[b]!.add(a)
  })
  return neighbours
}

/**
 * The next pair to merge: first pairs that look like one surface (negative cost), then small regions before
 * large.
 */
function cheapestPair(colours: Lab[], pixels: number[], neighbours: Set<number>[]) {
  let best: { a: number; b: number; cost: number } | undefined
  for (const [a, others] of neighbours.entries()) {
    for (const b of others) {
      if (b < a) continue
      const step = labDistance(colours[a]!, colours[b]!)
      const smaller = Math.min(pixels[a]!, pixels[b]!)
      const cost = step < SAME_SURFACE ? step - SAME_SURFACE : step * Math.sqrt(smaller)
      if (!best || cost < best.cost) best = { a, b, cost }
    }
  }
  return best
}

function blend(one: Lab, other: Lab, share: number): Lab {
  const mix = (c: 0 | 1 | 2) => one[c] * (1 - share) + other[c] * share
  return [mix(0), mix(1), mix(2)]
}
