import sharp, { type Sharp } from 'sharp'
import type { Size } from '../../functions/src/document/box.ts'
import { seededRandom } from '../measure/random.ts'

const JPEG = { quality: 90, chromaSubsampling: '4:2:0' }

/**
 * Draws an image that is as expensive to decode as a photo: shaded shapes, uneven light, coarse and fine
 * texture, and sensor noise. 12 megapixels are about 3 MB.
 */
export async function drawPhoto({ width, height }: Size, seed: number): Promise<Sharp> {
  const random = seededRandom(seed)
  const svg = Buffer.from(shapes({ width, height }, random))
  const base = await sharp(svg, { unlimited: true }).removeAlpha().raw().toBuffer()
  const light = await noise({ width: 24, height: 18 }, { width, height }, 3, random)
  const coarse = await noise(shrink({ width, height }, 24), { width, height }, 1, random)
  const fine = await noise(shrink({ width, height }, 5), { width, height }, 1, random)
  let grain = (seed * 2654435761) | 0 || 1
  for (let pixel = 0, at = 0; pixel < width * height; pixel++) {
    // Marsaglia's xorshift, inlined: 48 million function calls would take longer than everything else.
    grain ^= grain << 13
    grain ^= grain >>> 17
    grain ^= grain << 5
    const sensor = ((grain & 15) + ((grain >>> 4) & 15) - 15) * 0.62
    const texture = (coarse[pixel]! - 128) * 0.1 + (fine[pixel]! - 128) * 0.075 + sensor
    for (let channel = 0; channel < 3; channel++, at++) {
      base[at] = Math.min(Math.max(base[at]! + (light[at]! - 128) * 0.16 + texture, 0), 255)
    }
  }
  return sharp(base, { raw: { width, height, channels: 3 } })
}

export function encodePlain(photo: Sharp): Promise<Buffer> {
  return photo.clone().jpeg(JPEG).toBuffer()
}

/** Encodes with the wide-gamut colours and the colour profile of phone cameras. */
export function encodeDisplayP3(photo: Sharp): Promise<Buffer> {
  return photo.clone().withIccProfile('p3').jpeg(JPEG).toBuffer()
}

/** The same file with one added EXIF tag, Orientation = 6, like a photo of a phone held upright. */
export function withOrientation6(jpeg: Buffer): Buffer {
  const app1 = 'ffe1002245786966000049492a0008000000010012010300010000000600000000000000'
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from(app1, 'hex'), jpeg.subarray(2)])
}

function shapes({ width, height }: Size, random: () => number): string {
  const gradients: string[] = []
  const drawn: string[] = []
  for (let i = 0; i < 60; i++) {
    const colour = `${Math.floor(random() * 360)},${20 + random() * 50}%`
    const lightness = 25 + random() * 40
    gradients.push(
      `<radialGradient id="g${i}" cx="35%" cy="30%"><stop offset="0" stop-color="hsl(${colour},${lightness + 25}%)"/>` +
        `<stop offset="1" stop-color="hsl(${colour},${lightness / 2}%)"/></radialGradient>`,
    )
    const [x, y] = [random() * width, random() * height]
    const [rx, ry] = [(0.02 + random() * 0.12) * width, (0.02 + random() * 0.12) * height]
    const attributes = `fill="url(#g${i})" transform="rotate(${random() * 90} ${x} ${y})"`
    drawn.push(
      random() < 0.6
        ? `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" ${attributes}/>`
        : `<rect x="${x - rx}" y="${y - ry}" width="${2 * rx}" height="${2 * ry}" rx="${rx * 0.15}" ${attributes}/>`,
    )
  }
  const background =
    '<linearGradient id="b" x1="0" y1="0" x2="0.3" y2="1"><stop offset="0" stop-color="#9fb8d0"/>' +
    '<stop offset="0.55" stop-color="#d9d2c0"/><stop offset="1" stop-color="#5b5348"/></linearGradient>'
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${background}${gradients.join('')}</defs>` +
    `<rect width="100%" height="100%" fill="url(#b)"/>${drawn.join('')}</svg>`
  )
}

function noise(grid: Size, size: Size, channels: 1 | 3, random: () => number): Promise<Buffer> {
  const values = Buffer.alloc(grid.width * grid.height * channels)
  for (let i = 0; i < values.length; i++) values[i] = Math.floor(random() * 256)
  return sharp(values, { raw: { ...grid, channels } })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer()
}

function shrink({ width, height }: Size, factor: number): Size {
  return { width: Math.floor(width / factor), height: Math.floor(height / factor) }
}
