import type { Raster } from '../vision/picture.ts'

// Cells per side.
const SIDE = 16

/** The mean colour of 16 x 16 parts of a picture, three bytes each, row by row. */
export function fingerprintOf({ width, height, rgb }: Raster): Buffer {
  const sums = new Float64Array(SIDE * SIDE * 3)
  const counts = new Uint32Array(SIDE * SIDE)
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * SIDE) / height) * SIDE
    for (let x = 0; x < width; x++) {
      const cell = row + Math.floor((x * SIDE) / width)
      counts[cell]!++
      for (let c = 0; c < 3; c++) sums[cell * 3 + c]! += rgb[(y * width + x) * 3 + c]!
    }
  }
  return Buffer.from(
    Uint8Array.from(sums, (sum, i) => Math.round(sum / Math.max(1, counts[Math.floor(i / 3)]!))),
  )
}

/** The mean difference of two fingerprints, 0 to 255. */
export function fingerprintDistance(one: Uint8Array, other: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < one.length; i++) sum += Math.abs(one[i]! - other[i]!)
  return sum / one.length
}
