import { createHash } from 'node:crypto'
import { detectedScene } from '../detector/detected-scene.ts'
import type { Detector } from '../detector/detector.ts'
import { recognizeSample } from '../samples/recognize.ts'
import { sampleScene } from '../samples/sample-scene.ts'
import { type ColourName, type Lab, labDistance, nameColour, toLab } from './colour.ts'
import { mergeRegions } from './merge.ts'
import { type Coverage, measureCoverage, type Point } from './outline.ts'
import { decodePicture, type Picture, type Raster } from './picture.ts'
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
import { thingOf } from './thing.ts'

/** The result of an analysis. Coordinates are fractions of the upright width and height, origin top left. */
export type Scene = {
  width: number
  height: number
  /** A colour name, or a few words. */
  background: string
  /** Whether the image is a drawing with flat colours, not a photograph. */
  drawn: boolean
  /**
   * The source of the names of things. Without one, things are regions, named by colour and shape. 'detector'
   * also if the detector ran and found nothing, but not if it failed.
   */
  recognizer?: 'annotation' | 'detector'
  /** Words that were written for this image. */
  words?: Words
  /** Largest first. */
  things: Thing[]
}

export type Words = {
  caption: string
  altText: string
  labels: string[]
  /** The text that can be read in the image, or "". */
  text: string
  answers: { question: string; answer: string }[]
}

export type Thing = {
  label: string
  /** The noun that counts it, singular, if the object was recognized. */
  name?: string
  /** Other nouns for it. */
  also?: readonly string[]
  colour: ColourName
  shape: ShapeName
  box: Box
  /** The closed outer contour. */
  outline: Point[]
  /** Fraction of the image area. */
  share: number
  /** The fraction of a pixel that it covers, 0 to 1, at each crossing of a grid: row by row. */
  coverageOn(xs: Float64Array, ys: Float64Array): Float64Array
}

export type Box = { xMin: number; yMin: number; xMax: number; yMax: number }

const MAX_REGIONS = 60
const MAX_THINGS = { drawn: 100, photographed: 12 }
const MIN_SHARE = { drawn: 0.0003, photographed: 0.006 }
// Larger regions of a photograph are walls, tables and skies.
const MAX_SHARE = 0.35
const SAME_COLOUR = 0.05
// Of drawings 0.96, of photographs at most 0.88 of the pixels.
const FLAT = 0.93
const MAX_CACHED = 32

/**
 * Recognizes a sample, or the objects that the detector finds in a photo, or finds the coloured regions that
 * stand out. Deterministic.
 */
export async function analyzeImage(bytes: Buffer, detector?: Detector): Promise<Scene> {
  const picture = await decodePicture(bytes)
  const sample = recognizeSample(picture)
  if (sample) return sampleScene(sample)
  const { copy } = picture
  const segments = segment(copy)
  const detections = isFlat(copy) ? undefined : await detector?.detect(copy)
  if (!detections) return regionScene(picture, segments)
  const scene = await detectedScene(picture, detections, segments)
  return scene ?? { ...regionScene(picture, segments), recognizer: 'detector' }
}

/** The scene of a picture as regions of colour. */
function regionScene({ width, height, copy }: Picture, segments: RegionMap): Scene {
  const map = mergeRegions(copy, segments, MAX_REGIONS)
  const surfaces = measureSurfaces(copy, map)
  // The region with the largest part of the image border is the background.
  const frame = frameLengths(map)
  const background = frame.indexOf(Math.max(...frame))
  const extents = measureExtents(map)
  const even = surfaces.reduce((sum, surface) => sum + surface.pixels * surface.evenness, 0)
  const drawn = even / map.regions.length > 0.9
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

/** Whether most neighbouring pixels are equal: in drawings, also as JPEG, but not in photographs with their noise. */
function isFlat({ width, height, rgb }: Raster): boolean {
  let equal = 0
  for (let y = 0; y < height; y++) {
    for (let at = y * width * 3, end = at + (width - 1) * 3; at < end; at += 3) {
      const isEqual =
        Math.abs(rgb[at]! - rgb[at + 3]!) <= 1 &&
        Math.abs(rgb[at + 1]! - rgb[at + 4]!) <= 1 &&
        Math.abs(rgb[at + 2]! - rgb[at + 5]!) <= 1
      equal += Number(isEqual)
    }
  }
  return equal > FLAT * (width - 1) * height
}

/** Like `analyzeImage`, but analyzes the same bytes only once, also for concurrent requests. */
export function cachedAnalyzer(detector?: Detector): (bytes: Buffer) => Promise<Scene> {
  const scenes = new Map<string, Promise<Scene>>()
  return async (bytes) => {
    const digest = createHash('sha256').update(bytes).digest('hex')
    const cached = scenes.get(digest)
    if (cached) return cached
    const scene = analyzeImage(bytes, detector)
    scenes.set(digest, scene)
    const oldest = scenes.keys().next().value
    if (scenes.size > MAX_CACHED && oldest !== undefined) scenes.delete(oldest)
    return scene
  }
}

/** The regions of a drawing that differ in colour from the background. */
function standingOut(surfaces: Surface[], background: number): number[] {
  const total = surfaces.reduce((sum, { pixels }) => sum + pixels, 0)
  const ground = toLab(surfaces[background]!.colour)
  return [...surfaces.keys()]
    .filter((region) => region !== background && surfaces[region]!.pixels >= MIN_SHARE.drawn * total)
    .filter((region) => labDistance(toLab(surfaces[region]!.colour), ground) > SAME_COLOUR)
    .toSorted((a, b) => surfaces[b]!.pixels - surfaces[a]!.pixels)
    .slice(0, MAX_THINGS.drawn)
}

/**
 * The regions of a photograph that stand out: high contrast to their neighbours, large, compact, away from
 * the border.
 */
function mostSalient(map: RegionMap, surfaces: Surface[], extents: Extent[], background: number): number[] {
  const lab = surfaces.map(({ colour }) => toLab(colour))
  const borders = surfaces.map(() => ({ length: 0, contrast: 0 }))
  forEachBorder(map, (i, j) => {
    const [a, b] = [map.regions[i]!, map.regions[j]!]
    for (const border of [borders[a]!, borders[b]!]) {
      border.length++
      border.contrast += vividDistance(lab[a]!, lab[b]!)
    }
  })
  const total = map.regions.length
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
      return share > MIN_SHARE.photographed && share < MAX_SHARE
    })
    .toSorted((a, b) => score(b) - score(a))
    .slice(0, MAX_THINGS.photographed)
}

/** The number of pixels on the image border for each region. */
function frameLengths({ width, height, regions, count }: RegionMap): Uint32Array {
  const lengths = new Uint32Array(count)
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) lengths[regions[y * width + x]!]!++
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) lengths[regions[y * width + x]!]!++
  return lengths
}

/** Weights hue and saturation double: shadows differ in lightness only. */
function vividDistance(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], 2 * (one[1] - other[1]), 2 * (one[2] - other[2]))
}

function describe(copy: Raster, coverage: Coverage, surface: Surface): Thing | undefined {
  const colour = nameColour(surface.colour)
  return thingOf(copy, coverage, (ring) => {
    const shape = nameShape(ring, copy)
    return { label: `${colour} ${shape}`, colour, shape }
  })
}
