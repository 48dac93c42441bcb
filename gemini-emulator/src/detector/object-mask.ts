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
  let chosen = new Set<number>()
  for (let round = 0; round < ROUNDS; round++) {
    const [object, background] = histograms(raster, segments, box, colours, round === 0 ? undefined : chosen)
    const rated = [...members].map(([segment, { pixels, prior }]) => {
      let evidence = 0
      for (const pixel of pixels)
        evidence += Math.log(object[colours[pixel]!]! / background[colours[pixel]!]!)
      const average = Math.max(-3, Math.min(3, evidence / pixels.length))
      return { segment, pixels: pixels.length, score: average + 2 * prior }
    })
    chosen = choose(rated, areaOf(windowOf(box, raster, 0)))
  }
  return smoothMask(raster, segments, inner, chosen)
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

type Member = { pixels: number[]; prior: number }

/** The segments in a window: their pixels there, and how likely they belong to the object by their place, -1 to 1. */
function membersOf(segments: RegionMap, window: Window, box: Box): Map<number, Member> {
  const { width, height, regions, count } = segments
  const total = new Uint32Array(count)
  for (const region of regions) total[region]!++
  const members = new Map<number, Member>()
  for (let y = window.top; y < window.bottom; y++) {
    for (let x = window.left; x < window.right; x++) {
      const pixel = y * width + x
      const member = members.get(regions[pixel]!) ?? { pixels: [], prior: 0 }
      members.set(regions[pixel]!, member)
      member.pixels.push(pixel)
      member.prior += centrality((x + 0.5) / width, (y + 0.5) / height, box)
    }
  }
  for (const [segment, member] of members) {
    const inside = member.pixels.length / total[segment]!
    // A segment that lies mostly outside is background.
    member.prior = member.prior / member.pixels.length - 1.5 * (1 - inside)
  }
  return members
}

/** 1 in the centre of a box, 0 on the inscribed ellipse, negative outside. */
function centrality(x: number, y: number, { xMin, yMin, xMax, yMax }: Box): number {
  const u = (2 * x - xMin - xMax) / (xMax - xMin)
  const v = (2 * y - yMin - yMax) / (yMax - yMin)
  return Math.max(-1, 1 - (u * u + v * v))
}

/** The cell of each pixel in a histogram. */
function coloursOf({ rgb }: Raster): Uint16Array {
  const step = (value: number) => Math.floor((value * STEPS) / 256)
  const cells = new Uint16Array(rgb.length / 3)
  for (let i = 0; i < cells.length; i++)
    cells[i] = (step(rgb[i * 3]!) * STEPS + step(rgb[i * 3 + 1]!)) * STEPS + step(rgb[i * 3 + 2]!)
  return cells
}

/** The frequencies of colours in the object and around it. */
function histograms(
  raster: Raster,
  { regions }: RegionMap,
  box: Box,
  colours: Uint16Array,
  chosen: Set<number> | undefined,
): [Float64Array, Float64Array] {
  const object = new Float64Array(STEPS ** 3).fill(0.02)
  const background = new Float64Array(STEPS ** 3).fill(0.02)
  const around = windowOf(box, raster, SURROUNDINGS)
  for (let y = around.top; y < around.bottom; y++) {
    for (let x = around.left; x < around.right; x++) {
      const pixel = y * raster.width + x
      const central = centrality((x + 0.5) / raster.width, (y + 0.5) / raster.height, box)
      const isInside = chosen ? chosen.has(regions[pixel]!) && central > -1 : central > 0.4
      if (isInside) object[colours[pixel]!]!++
      else if (chosen || central <= -0.5) background[colours[pixel]!]!++
    }
  }
  return [normalized(object), normalized(background)]
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
  { width }: Raster,
  { regions }: RegionMap,
  { left, top, right, bottom }: Window,
  chosen: Set<number>,
): Coverage {
  const [columns, rows] = [right - left, bottom - top]
  const own = new Float32Array(columns * rows)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      own[y * columns + x] = Number(chosen.has(regions[(y + top) * width + x + left]!))
  const radius = Math.max(1, Math.round(0.018 * Math.max(columns, rows)))
  const blurred = boxBlur(boxBlur(own, columns, rows, radius), columns, rows, radius)
  return { left, top, width: columns, height: rows, values: blurred }
}

/** The mean of the square around each pixel, from the columns and then the rows. */
function boxBlur(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const pass = (from: Float32Array, length: number, lines: number, along: number, across: number) => {
    const to = new Float32Array(from.length)
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < length; i++) {
        const [start, end] = [Math.max(0, i - radius), Math.min(length - 1, i + radius)]
        let sum = 0
        for (let k = start; k <= end; k++) sum += from[line * across + k * along]!
        to[line * across + i * along] = sum / (end - start + 1)
      }
    }
    return to
  }
  return pass(pass(values, width, height, 1, width), height, width, width, 1)
}
