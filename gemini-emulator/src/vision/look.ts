import { type ColourName, type Lab, labDistance, nameColour, toLab } from './colour.ts'
import { mergeRegions } from './merge.ts'
import { area, type Coverage, measureCoverage, type Point, traceOutline } from './outline.ts'
import { decodePicture, type Raster } from './picture.ts'
import {
  type Extent,
  forEachBorder,
  measureExtents,
  measureSurfaces,
  type RegionMap,
  type Surface,
} from './region-map.ts'
import { segment } from './segment.ts'
import { nameShape, type ShapeName } from './shape.ts'

/** What is seen in one picture. Places are shares of its upright width and height, 0 to 1, origin top left. */
export type Sight = {
  width: number
  height: number
  background: ColourName
  /** A drawing of even colours, as against a photograph. */
  drawn: boolean
  /** Largest first. */
  things: Thing[]
}

export type Thing = {
  label: string
  colour: ColourName
  shape: ShapeName
  box: Box
  /** Its outer line, closed. */
  outline: Point[]
  /** Share of the picture. */
  share: number
  /** How much of the picture it covers around a place. */
  coverageAt(x: number, y: number): number
}

export type Box = { xMin: number; yMin: number; xMax: number; yMax: number }

const MOST_REGIONS = 60
const MOST_THINGS = { drawn: 100, photographed: 12 }
const LEAST_SHARE = { drawn: 0.0003, photographed: 0.006 }
// A photograph's larger regions are walls, tables and skies.
const MOST_SHARE = 0.35
const SAME_COLOUR = 0.05

/** Finds the coloured regions that stand out in an image. The same bytes always give the same sight. */
export async function look(bytes: Buffer): Promise<Sight> {
  const { width, height, copy } = await decodePicture(bytes)
  const map = mergeRegions(copy, segment(copy), MOST_REGIONS)
  const surfaces = measureSurfaces(copy, map)
  // What holds most of the picture's border lies behind the rest.
  const frame = frameLengths(map)
  const background = frame.indexOf(Math.max(...frame))
  const extents = measureExtents(map)
  const even = surfaces.reduce((sum, surface) => sum + surface.pixels * surface.evenness, 0)
  const drawn = even / map.of.length > 0.9
  const regions = drawn ? standingOut(surfaces, background) : mostSalient(map, surfaces, extents, background)
  return {
    width,
    height,
    drawn,
    background: nameColour(surfaces[background]!.colour),
    things: regions
      .map((region) =>
        describe(copy, measureCoverage(copy, map, surfaces, region, extents[region]!), surfaces[region]!),
      )
      .filter((thing) => thing !== undefined)
      .toSorted((a, b) => b.share - a.share),
  }
}

/** Everything drawn that has another colour than the background. */
function standingOut(surfaces: Surface[], background: number): number[] {
  const total = surfaces.reduce((sum, { pixels }) => sum + pixels, 0)
  const ground = toLab(surfaces[background]!.colour)
  return [...surfaces.keys()]
    .filter((region) => region !== background && surfaces[region]!.pixels >= LEAST_SHARE.drawn * total)
    .filter((region) => labDistance(toLab(surfaces[region]!.colour), ground) > SAME_COLOUR)
    .toSorted((a, b) => surfaces[b]!.pixels - surfaces[a]!.pixels)
    .slice(0, MOST_THINGS.drawn)
}

/** In a photograph: what differs most from what lies around it, large, full and clear of the border first. */
function mostSalient(map: RegionMap, surfaces: Surface[], extents: Extent[], background: number): number[] {
  const lab = surfaces.map(({ colour }) => toLab(colour))
  const borders = surfaces.map(() => ({ length: 0, contrast: 0 }))
  forEachBorder(map, (i, j) => {
    const [a, b] = [map.of[i]!, map.of[j]!]
    for (const border of [borders[a]!, borders[b]!]) {
      border.length++
      border.contrast += vividDistance(lab[a]!, lab[b]!)
    }
  })
  const total = map.of.length
  const frame = frameLengths(map)
  const score = (region: number) => {
    const { length, contrast } = borders[region]!
    const { pixels } = surfaces[region]!
    const { left, top, right, bottom } = extents[region]!
    const fullness = pixels / ((right - left + 1) * (bottom - top + 1))
    const freedom = 1 - frame[region]! / (frame[region]! + length)
    return Math.sqrt(pixels / total) * (contrast / length) * fullness * freedom
  }
  return [...surfaces.keys()]
    .filter((region) => region !== background && borders[region]!.length > 0)
    .filter((region) => {
      const share = surfaces[region]!.pixels / total
      return share > LEAST_SHARE.photographed && share < MOST_SHARE
    })
    .toSorted((a, b) => score(b) - score(a))
    .slice(0, MOST_THINGS.photographed)
}

/** How many pixels of the picture's border each region holds. */
function frameLengths({ width, height, of, count }: RegionMap): Uint32Array {
  const held = new Uint32Array(count)
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) held[of[y * width + x]!]!++
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) held[of[y * width + x]!]!++
  return held
}

/** Counts hue and saturation double: shadows differ in lightness alone. */
function vividDistance(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], 2 * (one[1] - other[1]), 2 * (one[2] - other[2]))
}

function describe(copy: Raster, coverage: Coverage, surface: Surface): Thing | undefined {
  const ring = traceOutline(coverage)
  if (ring.length < 4) return undefined
  const { width, height } = copy
  const [colour, shape] = [nameColour(surface.colour), nameShape(ring, copy)]
  const outline = ring.map(([x, y]): Point => [x / width, y / height])
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)]
  return {
    label: `${colour} ${shape}`,
    colour,
    shape,
    box: { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) },
    outline,
    share: area(ring) / (width * height),
    coverageAt: (x, y) => interpolate(coverage, x * width, y * height),
  }
}

/** Between the centres of the four pixels around a place. */
function interpolate({ left, top, width, height, values }: Coverage, x: number, y: number): number {
  const [u, v] = [x - left - 0.5, y - top - 0.5]
  const [column, row] = [Math.floor(u), Math.floor(v)]
  const at = (i: number, j: number) =>
    values[Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))]!
  const [right, below] = [u - column, v - row]
  const upper = at(column, row) * (1 - right) + at(column + 1, row) * right
  const lower = at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right
  return upper * (1 - below) + lower * below
}
