import type { Box } from '../vision/analyze.ts'
import type { Coverage } from '../vision/outline.ts'
import type { Raster } from '../vision/picture.ts'
import type { RegionMap } from '../vision/region-map.ts'

/** A rectangle of pixels; `right` and `bottom` are exclusive. */
type Window = { left: number; top: number; right: number; bottom: number }

// The corners of a detected box are a few percent off.
const MARGIN = 0.04
// The surroundings that show the colours of the background, as a fraction of the box.
const SURROUNDINGS = 0.3
// Steps of each colour channel in a histogram.
const STEPS = 12
const ROUNDS = 3
// The smallest plausible part of a box that an object covers.
const MIN_FILLED = 0.25

/**
 * The pixels of the object in a box: the segments that lie in the box, near its centre, and whose colours are
 * those of the centre rather than of the surroundings. The idea is GrabCut's (Rother et al., 2004), with
 * segments instead of a minimum cut.
 */
export function objectCoverage(raster: Raster, segments: RegionMap, box: Box): Coverage {
  const inner = windowOf(box, raster, MARGIN)
  const members = membersOf(segments, inner, box)
  const colours = coloursOf(raster)
  let chosen: Set<number> | undefined
  for (let round = 0; round < ROUNDS; round++) {
    const weights = weightsOfColours(raster, segments, box, colours, chosen)
    const evidence = evidenceOf(segments, inner, colours, weights)
    const rated = [...members].map(([segment, { pixels, prior }]) => {
      const average = Math.max(-3, Math.min(3, evidence[segment]! / pixels))
      return { segment, pixels, score: average + 2 * prior }
    })
    chosen = choose(rated, areaOf(windowOf(box, raster, 0)))
  }
  return smoothMask(segments, inner, chosen!)
}

function windowOf(box: Box, { width, height }: { width: number; height: number }, margin: number): Window {
  const [x, y] = [(box.xMax - box.xMin) * margin, (box.yMax - box.yMin) * margin]
  return {
    left: Math.max(0, Math.floor((box.xMin - x) * width)),
    top: Math.max(0, Math.floor((box.yMin - y) * height)),
    right: Math.min(width, Math.ceil((box.xMax + x) * width)),
    bottom: Math.min(height, Math.ceil((box.yMax + y) * height)),
  }
}

function areaOf({ left, top, right, bottom }: Window): number {
  return (right - left) * (bottom - top)
}

type Member = { pixels: number; prior: number }

/**
 * The segments in a window: their number of pixels there, and how likely they belong to the object by their
 * place, -1 to 1.
 */
function membersOf(segments: RegionMap, window: Window, box: Box): Map<number, Member> {
  const { width, height, regions, count } = segments
  const total = new Uint32Array(count)
  for (const region of regions) total[region]!++
  const members = new Map<number, Member>()
  for (let y = window.top; y < window.bottom; y++) {
    for (let x = window.left; x < window.right; x++) {
      const region = regions[y * width + x]!
      let member = members.get(region)
      if (!member) members.set(region, (member = { pixels: 0, prior: 0 }))
      member.pixels++
      member.prior += centrality((x + 0.5) / width, (y + 0.5) / height, box)
    }
  }
  for (const [segment, member] of members) {
    const inside = member.pixels / total[segment]!
    // A segment that lies mostly outside is background.
    member.prior = member.prior / member.pixels - 1.5 * (1 - inside)
  }
  return members
}

/** The sum of the weights of the pixels of each segment in a window. */
function evidenceOf(
  { width, regions, count }: RegionMap,
  { left, top, right, bottom }: Window,
  colours: Uint16Array,
  weights: Float64Array,
): Float64Array {
  const evidence = new Float64Array(count)
  for (let y = top; y < bottom; y++) {
    for (let pixel = y * width + left, end = y * width + right; pixel < end; pixel++)
      evidence[regions[pixel]!]! += weights[colours[pixel]!]!
  }
  return evidence
}

/** 1 in the centre of a box, 0 on the inscribed ellipse, negative outside. */
function centrality(x: number, y: number, { xMin, yMin, xMax, yMax }: Box): number {
  const u = (2 * x - xMin - xMax) / (xMax - xMin)
  const v = (2 * y - yMin - yMax) / (yMax - yMin)
  return Math.max(-1, 1 - (u * u + v * v))
}

const stepOf = (value: number) => Math.floor((value * STEPS) / 256)
// The same for all boxes of a picture.
const colourCells = new WeakMap<Raster, Uint16Array>()

/** The cell of each pixel in a histogram. */
function coloursOf(raster: Raster): Uint16Array {
  const kept = colourCells.get(raster)
  if (kept) return kept
  const { rgb } = raster
  const cells = new Uint16Array(rgb.length / 3)
  for (let i = 0, at = 0; i < cells.length; i++, at += 3)
    cells[i] = (stepOf(rgb[at]!) * STEPS + stepOf(rgb[at + 1]!)) * STEPS + stepOf(rgb[at + 2]!)
  colourCells.set(raster, cells)
  return cells
}

/** How much more frequent each colour is in the object than around it, as a logarithm. */
function weightsOfColours(
  raster: Raster,
  { regions }: RegionMap,
  box: Box,
  colours: Uint16Array,
  chosen: Set<number> | undefined,
): Float64Array {
  const object = new Float64Array(STEPS ** 3).fill(0.02)
  const background = new Float64Array(STEPS ** 3).fill(0.02)
  const { left, top, right, bottom } = windowOf(box, raster, SURROUNDINGS)
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const pixel = y * raster.width + x
      const central = centrality((x + 0.5) / raster.width, (y + 0.5) / raster.height, box)
      const isInside = chosen ? chosen.has(regions[pixel]!) && central > -1 : central > 0.4
      if (isInside) object[colours[pixel]!]!++
      else if (chosen || central <= -0.5) background[colours[pixel]!]!++
    }
  }
  const around = normalized(background)
  return normalized(object).map((frequency, colour) => Math.log(frequency / around[colour]!))
}

function normalized(histogram: Float64Array): Float64Array {
  const sum = histogram.reduce((total, value) => total + value, 0)
  return histogram.map((value) => value / sum)
}

/** The segments with a positive score, and as many of the next best as an object of this size needs. */
function choose(rated: { segment: number; pixels: number; score: number }[], boxPixels: number): Set<number> {
  const chosen = new Set<number>()
  let filled = 0
  for (const { segment, pixels, score } of rated.toSorted((a, b) => b.score - a.score)) {
    if (score <= 0 && filled >= MIN_FILLED * boxPixels) break
    chosen.add(segment)
    filled += pixels
  }
  return chosen
}

/** The chosen segments as soft coverage: their blurred sum, so that single pixels do not stand out. */
function smoothMask(
  { width, regions, count }: RegionMap,
  { left, top, right, bottom }: Window,
  chosen: Set<number>,
): Coverage {
  const [columns, rows] = [right - left, bottom - top]
  const isChosen = new Uint8Array(count)
  for (const segment of chosen) isChosen[segment] = 1
  const own = new Float32Array(columns * rows)
  for (let y = top, at = 0; y < bottom; y++)
    for (let x = left; x < right; x++) own[at++] = isChosen[regions[y * width + x]!]!
  const radius = Math.max(1, Math.round(0.018 * Math.max(columns, rows)))
  const blurred = boxBlur(boxBlur(own, columns, rows, radius), columns, rows, radius)
  return { left, top, width: columns, height: rows, values: blurred }
}

/**
 * The mean of the square around each pixel, from the columns and then the rows. The columns advance together,
 * row by row, because jumps between rows are slow.
 */
function boxBlur(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const means = new Float32Array(values.length)
  const sums = new Float64Array(width)
  const addRow = (row: number, sign: number) => {
    for (let x = 0, at = row * width; x < width; x++, at++) sums[x]! += sign * values[at]!
  }
  for (let row = 0; row < Math.min(radius, height); row++) addRow(row, 1)
  for (let y = 0; y < height; y++) {
    if (y + radius < height) addRow(y + radius, 1)
    if (y > radius) addRow(y - radius - 1, -1)
    const rows = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1
    blurRow(sums, means, y * width, radius, rows)
  }
  return means
}

/** Writes the sliding means of a row of sums, each of a number of values. */
function blurRow(sums: Float64Array, means: Float32Array, start: number, radius: number, rows: number): void {
  const width = sums.length
  let sum = 0
  for (let x = 0; x < Math.min(radius, width); x++) sum += sums[x]!
  for (let x = 0; x < width; x++) {
    if (x + radius < width) sum += sums[x + radius]!
    if (x > radius) sum -= sums[x - radius - 1]!
    const columns = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1
    means[start + x] = sum / (columns * rows)
  }
}
