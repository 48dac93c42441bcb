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

// Below this two neighbours look like one surface; the basic colours are at least 0.1 apart.
const SAME_SURFACE = 0.06
// Thinner than this (in pixels) is the blur between two surfaces, not a surface.
const MIN_THICKNESS = 2.5

// Evenness of a surface whose colour can be relied on, and of one that may hold much of a mixture besides.
const EVEN = 0.8
const HALF_EVEN = 0.4
// How far (0-255) a mixture may lie off the line between the two colours mixed.
const MIXTURE_TOLERANCE = 12

/** Joins what looks like one surface, and gives the blur between two surfaces to either. */
export function mergeRegions(raster: Raster, map: RegionMap, mostRegions: number): RegionMap {
  const joined = dissolveFringes(joinAlike(raster, dissolveFringes(map), mostRegions))
  return settleStrays(raster, joined)
}

/** Gives the pixels of every region thinner than a surface to the thicker regions beside them, nearest first. */
function dissolveFringes(map: RegionMap): RegionMap {
  const thin = thinRegions(map)
  if (!thin.some(Boolean) || thin.every(Boolean)) return map
  const of = map.of.map((region) => (thin[region] ? -1 : region))
  for (let open = true; open; ) {
    const settled = new Map<number, number>()
    forEachBorder({ ...map, of }, (i, j) => {
      if (of[i] === -1) settled.set(i, of[j]!)
      else if (of[j] === -1) settled.set(j, of[i]!)
    })
    for (const [i, region] of settled) of[i] = region
    open = settled.size > 0
  }
  return renumber(map.width, map.height, (i) => of[i]!)
}

function thinRegions(map: RegionMap): boolean[] {
  const perimeter = new Uint32Array(map.count)
  forEachBorder(map, (i, j) => {
    perimeter[map.of[i]!]!++
    perimeter[map.of[j]!]!++
  })
  return Array.from(countPixels(map), (pixels, region) => (2 * pixels) / perimeter[region]! < MIN_THICKNESS)
}

/** Joins neighbours of nearly one colour, most alike first, and then goes on until no more than so many are left. */
function joinAlike(raster: Raster, map: RegionMap, mostRegions: number): RegionMap {
  const surfaces = measureSurfaces(raster, map)
  const pixels = surfaces.map((surface) => surface.pixels)
  const means = surfaces.map(({ colour }) => toLab(colour))
  const beside = findNeighbours(map)
  const into = Array.from({ length: map.count }, (_, region) => region)
  for (let left = map.count; left > 1; left--) {
    const pair = cheapestPair(means, pixels, beside)
    if (!pair || (pair.cost > 0 && left <= mostRegions)) break
    const [kept, gone] = pixels[pair.a]! >= pixels[pair.b]! ? [pair.a, pair.b] : [pair.b, pair.a]
    means[kept] = blend(means[kept]!, means[gone]!, pixels[gone]! / (pixels[gone]! + pixels[kept]!))
    pixels[kept]! += pixels[gone]!
    for (const other of beside[gone]!) {
      beside[other]!.delete(gone)
      if (other === kept) continue
      beside[other]!.add(kept)
      beside[kept]!.add(other)
    }
    beside[gone]!.clear()
    for (const [region, target] of into.entries()) if (target === gone) into[region] = kept
  }
  return renumber(map.width, map.height, (i) => into[map.of[i]!]!)
}

/**
 * Gives every pixel between even surfaces to the one it looks most like: those of a region that only mixes the colours of
 * two others, and those that stray from the colour of their own. JPEG halves the resolution of colour, so that a mixture
 * can be ten pixels wide.
 */
function settleStrays(raster: Raster, map: RegionMap): RegionMap {
  const surfaces = measureSurfaces(raster, map)
  const choices = findNeighbours(map).map((others, region) => {
    const surface = { region, ...surfaces[region]! }
    const even = [...others]
      .map((other) => ({ region: other, ...surfaces[other]! }))
      .filter(({ evenness }) => evenness > EVEN)
    return surface.evenness > HALF_EVEN ? [surface, ...even] : findMixed(surface, even)
  })
  return renumber(map.width, map.height, (i) => {
    const region = map.of[i]!
    const pixel: Colour = [raster.rgb[i * 3]!, raster.rgb[i * 3 + 1]!, raster.rgb[i * 3 + 2]!]
    if (choices[region]!.length < 2) return region
    const nearest = choices[region]!.reduce((best, choice) =>
      distance(pixel, choice.colour) < distance(pixel, best.colour) ? choice : best,
    )
    return nearest.region
  })
}

type Numbered = Surface & { region: number }

/** The two neighbours between whose colours a surface lies. */
function findMixed({ colour }: Numbered, neighbours: Numbered[]): Numbered[] {
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
  const beside = Array.from({ length: map.count }, () => new Set<number>())
  forEachBorder(map, (i, j) => {
    const [a, b] = [map.of[i]!, map.of[j]!]
    beside[a]!.add(b)
    beside[b]!.add(a)
  })
  return beside
}

/** What looks like one surface first (below 0), then small regions before large. */
function cheapestPair(colours: Lab[], pixels: number[], beside: Set<number>[]) {
  let best: { a: number; b: number; cost: number } | undefined
  for (const [a, others] of beside.entries()) {
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
