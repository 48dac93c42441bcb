import sharp from 'sharp'
import simplify from 'simplify-js'
import type { Thing } from '../vision/analyze.ts'
import { box2d } from './place.ts'

// Gemini 2.5 sends an 8-bit grey PNG of 256 x 256 pixels for every box (Google's cookbook,
// Spatial_understanding.ipynb).
const SIDE = 256
// Samples per side within each mask pixel.
const SAMPLES = 3
// In thousandths of the image size.
const POLYGON_TOLERANCE = 0.8
const MAX_TOLERANCE = 500
const TOLERANCE_STEP = 0.05

const pngMasks = new WeakMap<Thing, Promise<string>>()

/** The format of Gemini 2.5: a probability map of the box, 0 to 255, as a PNG data URI. */
export async function pngMask(thing: Thing): Promise<string> {
  // The analyzer keeps the things of recent images, so a repeated request finds its masks here.
  const mask = pngMasks.get(thing) ?? drawMask(thing)
  pngMasks.set(thing, mask)
  return mask
}

async function drawMask(thing: Thing): Promise<string> {
  const [yMin, xMin, yMax, xMax] = box2d(thing).map((value) => value / 1000) as [
    number,
    number,
    number,
    number,
  ]
  const at = (min: number, max: number) =>
    Float64Array.from({ length: SIDE * SAMPLES }, (_, i) => {
      const pixel = Math.floor(i / SAMPLES)
      return min + ((pixel + ((i % SAMPLES) + 0.5) / SAMPLES) / SIDE) * (max - min)
    })
  const samples = thing.coverageOn(at(xMin, xMax), at(yMin, yMax))
  const pixels = new Uint8Array(SIDE * SIDE)
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let sum = 0
      for (let v = 0; v < SAMPLES; v++) {
        const first = (row * SAMPLES + v) * SIDE * SAMPLES + column * SAMPLES
        for (let u = 0; u < SAMPLES; u++) sum += samples[first + u]!
      }
      pixels[row * SIDE + column] = Math.round((sum / SAMPLES ** 2) * 255)
    }
  }
  const png = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()
  return `data:image/png;base64,${png.toString('base64')}`
}

/**
 * The format of Gemini 3: corners `[x, y]`, 0 to 1000 of the image size, x first.
 * @param mostPoints at least 3
 */
export function polygonMask({ outline }: Thing, mostPoints: number): [number, number][] {
  const points = outline.map(([x, y]) => ({ x: x * 1000, y: y * 1000 }))
  const corners = (tolerance: number) => simplify(points, tolerance, true).slice(0, -1)
  let best = corners(POLYGON_TOLERANCE)
  if (best.length > mostPoints) {
    // The smallest tolerance that leaves few enough points.
    let [low, high] = [POLYGON_TOLERANCE, MAX_TOLERANCE]
    while (high - low > TOLERANCE_STEP) {
      const middle = (low + high) / 2
      const found = corners(middle)
      if (found.length > mostPoints) low = middle
      else {
        high = middle
        if (found.length >= 3) best = found
      }
    }
  }
  return best.map(({ x, y }) => [Math.round(x), Math.round(y)])
}
