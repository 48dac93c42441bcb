import sharp from 'sharp'
import type { Size } from '../../functions/src/document/box.ts'
import { PALETTE } from '../../functions/src/masks/palette.ts'
import { time } from '../measure/rounds.ts'

/*
 * sharp (libvips) alone, as the floor under what we do, and as people use it for the same work. The functions give sharp one thread an
 * image; here it has its own default again.
 */

/** Read before the functions are loaded, which set another. */
const defaultThreads = sharp.concurrency()

/** The settings of our own JPEGs. */
const JPEG = { quality: 85, optimiseCoding: false }
const FIT = { width: 1536, height: 1536, fit: 'inside', withoutEnlargement: true } as const

/** Milliseconds of `work` with sharp's own number of threads. */
export async function timeSharp(work: () => Promise<unknown>): Promise<number> {
  const threads = sharp.concurrency()
  sharp.concurrency(defaultThreads)
  try {
    return await time(work)
  } finally {
    sharp.concurrency(threads)
  }
}

/** The least that an overlay of RGBA pixels costs: nothing is drawn. @param pixels all zero, 4 bytes a pixel */
export function encodeEmptyPng(pixels: Buffer, { width, height }: Size): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** The least that drawing into the photo itself costs. */
export function decodeAndEncode(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg).jpeg(JPEG).toBuffer()
}

/** The least that a copy for the model costs: upright, without any conversion of colours. */
export function downscale(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg, { ignoreIcc: true }).autoOrient().resize(FIT).jpeg(JPEG).toBuffer()
}

/** The same as the manual's examples write it: with sharp's conversion of colours and its settings for JPEGs. */
export function downscaleAsDocumented(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg).autoOrient().resize(FIT).jpeg().toBuffer()
}

type Item = { box_2d: [number, number, number, number]; mask: string }
type Tile = {
  left: number
  top: number
  width: number
  height: number
  mask: Buffer
  colour: readonly number[]
}

/** An overlay as many write it: every mask resized by sharp, then painted into RGBA pixels. */
export async function paintMasks(answer: string, { width, height }: Size): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 4)
  for (const tile of await resizeMasks(answer, { width, height })) {
    for (let y = 0, from = 0; y < tile.height; y++) {
      let to = ((tile.top + y) * width + tile.left) * 4
      for (let x = 0; x < tile.width; x++, from++, to += 4) {
        if (tile.mask[from]! > 127) setPixel(pixels, to, tile.colour)
      }
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** An overlay in sharp's own words: every mask resized, coloured, and laid down by `composite`. */
export async function compositeMasks(answer: string, { width, height }: Size): Promise<Buffer> {
  const layers = (await resizeMasks(answer, { width, height })).map((tile) => {
    const pixels = Buffer.alloc(tile.mask.length * 4)
    tile.mask.forEach((value, at) => {
      if (value > 127) setPixel(pixels, at * 4, tile.colour)
    })
    const raw = { width: tile.width, height: tile.height, channels: 4 as const }
    return { input: pixels, raw, left: tile.left, top: tile.top }
  })
  return sharp({ create: { width, height, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    .composite(layers)
    .png()
    .toBuffer()
}

function resizeMasks(answer: string, image: Size): Promise<Tile[]> {
  const items = JSON.parse(withoutFence(answer)) as Item[]
  return Promise.all(
    items.map(async ({ box_2d: [yMin, xMin, yMax, xMax], mask }, index) => {
      const [left, top] = [Math.trunc((xMin / 1000) * image.width), Math.trunc((yMin / 1000) * image.height)]
      const width = Math.trunc((xMax / 1000) * image.width) - left
      const height = Math.trunc((yMax / 1000) * image.height) - top
      const resized = await sharp(Buffer.from(mask.slice(mask.indexOf(',') + 1), 'base64'))
        .resize(width, height, { fit: 'fill', kernel: 'linear' })
        .raw()
        .toBuffer()
      return { left, top, width, height, mask: resized, colour: PALETTE[index % PALETTE.length]! }
    }),
  )
}

/** The JSON within a fenced answer, for peers that read nothing else. */
export function withoutFence(answer: string): string {
  return answer.slice(answer.indexOf('\n') + 1, answer.lastIndexOf('```'))
}

function setPixel(pixels: Buffer, at: number, [red, green, blue]: readonly number[]): void {
  pixels[at] = red!
  pixels[at + 1] = green!
  pixels[at + 2] = blue!
  pixels[at + 3] = 128
}
