import { chunk, PNG_SIGNATURE } from '../../support/png-chunks.ts'
import { deflatedZeros } from './deflate-bomb.ts'

export type PngHeader = {
  width: number
  height: number
  bitDepth?: number
  colourType?: number
  interlaced?: boolean
}

/** Samples per pixel, by colour type. PNG specification, 11.2.1, https://www.w3.org/TR/png-3/, 2026-11. */
const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
/** Start and step of the passes of Adam7: x, y, dx, dy. PNG specification, 8.1. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

export function ihdr({ width, height, bitDepth = 8, colourType = 2, interlaced = false }: PngHeader): Buffer {
  const fields = Buffer.alloc(13)
  fields.writeUInt32BE(width, 0)
  fields.writeUInt32BE(height, 4)
  fields.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8)
  return chunk('IHDR', fields)
}

export const iend = chunk('IEND', Buffer.alloc(0))

/** A PNG whose pixels are all zero. @param before chunks between the header and the pixels */
export function flatPng(header: PngHeader, before: readonly Buffer[] = []): Buffer {
  return Buffer.concat([
    PNG_SIGNATURE,
    ihdr(header),
    ...before,
    chunk('IDAT', deflatedZeros(rowBytes(header))),
    iend,
  ])
}

/** The size of all rows with their filter bytes. */
function rowBytes({ width, height, bitDepth = 8, colourType = 2, interlaced = false }: PngHeader): number {
  const bits = bitDepth * SAMPLES[colourType]!
  const passes = interlaced
    ? ADAM7.map(([x, y, dx, dy]) => [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)] as const)
    : [[width, height] as const]
  return passes.reduce(
    (sum, [columns, rows]) => sum + (columns > 0 ? rows * (1 + Math.ceil((columns * bits) / 8)) : 0),
    0,
  )
}
