import sharp from 'sharp'
import type { Size } from '../../functions/src/document/box.ts'
import { PALETTE } from '../../functions/src/masks/palette.ts'
import { time } from '../measure/rounds.ts'

/*
 * sharp (libvips) alone: as a lower bound for our work, and as commonly used for the same work. The functions
 * limit sharp to one thread per image. Here it uses its default.
 */

/** Read before the functions are loaded, because they change it. */
const defaultThreads = sharp.concurrency()

/** The settings of our JPEGs. */
const JPEG = { quality: 85, optimiseCoding: false }
const FIT = { width: 1536, height: 1536, fit: 'inside', withoutEnlargement: true } as const

/** The time of `work` in milliseconds, with sharp's default number of threads. */
export async function timeSharp(work: () => Promise<unknown>): Promise<number> {
  const threads = sharp.concurrency()
  sharp.concurrency(defaultThreads)
  try {
    return await time(work)
  } finally {
    sharp.concurrency(threads)
  }
}

/** A lower bound for an RGBA overlay: draws nothing. @param pixels all zero, 4 bytes per pixel */
export function encodeEmptyPng(pixels: Buffer, { width, height }: Size): Promise<Buffer> {
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** A lower bound for drawing into the photo. */
export function decodeAndEncode(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg).jpeg(JPEG).toBuffer()
}

/** A lower bound for the model copy: upright, without colour conversion. */
export function downscale(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg, { ignoreIcc: true }).autoOrient().resize(FIT).jpeg(JPEG).toBuffer()
}

/** The model copy as in sharp's documentation: with colour conversion and default JPEG settings. */
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

/** A common way to draw an overlay: resizes every mask with sharp, then sets RGBA pixels. */
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

/** An overlay with sharp only: resizes and colours every mask, then combines them with `composite`. */
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

/** The JSON of a fenced answer, for peers that read only JSON. */
export function withoutFence(answer: string): string {
  return answer.slice(answer.indexOf('\n') + 1, answer.lastIndexOf('```'))
}

function setPixel(pixels: Buffer, at: number, [red, green, blue]: readonly number[]): void {
  pixels[at] = red!
  pixels[at + 1] = green!
  pixels[at + 2] = blue!
  pixels[at + 3] = 128
}
