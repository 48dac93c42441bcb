import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readColourProfile } from '../../../functions/src/image/colour-profile.ts'
import { prepareImage, previewOf } from '../../../functions/src/image/prepare.ts'
import { laplacianVariance } from '../../../functions/src/image/sharpness.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { type Conversion, conversionToSrgb } from '../../../functions/src/image/to-srgb.ts'
import {
  ADOBE_RGB,
  curv,
  jpegWithProfile,
  P3,
  pngWithProfile,
  profileOf,
  rgbTags,
  SRGB,
  SRGB_CURVE,
} from '../../support/colour-profiles.ts'

const LIMITS = { maxImageBytes: 20 << 20, maxImagePixels: 4_000_000, heic: 'decode' as const }
const OPTIONS = { maxImagePixels: LIMITS.maxImagePixels, fullResolution: false }
const WIDTH = 2000
const HEIGHT = 400

const p3 = profileOf(rgbTags(P3, SRGB_CURVE))
const adobe = profileOf(rgbTags(ADOBE_RGB, curv(2.2)), { version: 2 })
const srgb = profileOf(rgbTags(SRGB, SRGB_CURVE))
const damaged = Buffer.from(p3).fill(0xff, 128, 136)

/** Patches above gradients, larger than the copy. The fourth channel goes from transparent to opaque. */
const pixelsOf = { 3: paint(3), 4: paint(4) }

function picture(channels: 3 | 4) {
  return sharp(pixelsOf[channels], { raw: { width: WIDTH, height: HEIGHT, channels } })
}

function paint(channels: 3 | 4): Buffer {
  const patches = [
    [230, 20, 30],
    [20, 200, 40],
    [30, 40, 220],
    [128, 128, 128],
  ]
  const pixels = Buffer.alloc(WIDTH * HEIGHT * channels)
  for (let y = 0, i = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, i += channels) {
      const along = Math.round((255 * x) / (WIDTH - 1))
      const colour = y < HEIGHT / 2 ? patches[Math.floor((x * 4) / WIDTH)]! : [along, 255 - along, 90]
      pixels.set(channels === 4 ? [...colour, Math.round((255 * y) / (HEIGHT - 1))] : colour, i)
    }
  }
  return pixels
}

/** The copy that libvips alone makes: it converts colours first and scales afterwards. */
async function reference(bytes: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize({ width: 1536, height: 1536, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return sharp(data, { raw: info }).jpeg({ quality: 85, optimiseCoding: false }).toBuffer()
}

async function prepare(bytes: Buffer) {
  return prepareImage(await inspectImage(bytes, LIMITS), OPTIONS)
}

/** The mean difference of two JPEGs, and the share of values that differ by more than 6 of 255. */
async function difference(a: Buffer, b: Buffer): Promise<{ mean: number; share: number }> {
  const [one, other] = await Promise.all([a, b].map((copy) => sharp(copy).raw().toBuffer()))
  expect(one!.length).toBe(other!.length)
  let [sum, large] = [0, 0]
  for (let i = 0; i < one!.length; i++) {
    const step = Math.abs(one![i]! - other![i]!)
    sum += step
    if (step > 6) large++
  }
  return { mean: sum / one!.length, share: large / one!.length }
}

const png = async (channels: 3 | 4 = 3) => picture(channels).png().toBuffer()
const jpeg = async () => picture(3).jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()

describe('prepareImage() makes the same copy as libvips', () => {
  it.each([
    ['no profile', png],
    ['no profile, EXIF 6', () => picture(3).jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['transparent parts', () => png(4)],
    ['grey', () => picture(3).toColourspace('b-w').png().toBuffer()],
    ['grey with transparent parts', () => picture(4).toColourspace('b-w').png().toBuffer()],
    ['grey with a profile of colours', async () => pngWithProfile(await greyPng(), p3)],
    ['16 bits', () => picture(3).toColourspace('rgb16').png().toBuffer()],
    ['16 bits with a profile', async () => pngWithProfile(await deepPng(), p3)],
    ['16 bits of grey with a profile', async () => pngWithProfile(await deepGreyPng(), p3)],
    ['CMYK', () => picture(3).toColourspace('cmyk').jpeg().toBuffer()],
    ['CMYK with its profile', () => picture(3).withIccProfile('cmyk').jpeg().toBuffer()],
    ['a palette', () => picture(4).png({ palette: true }).toBuffer()],
    ['a damaged profile', async () => pngWithProfile(await png(), damaged)],
    ['a damaged profile in a JPEG', async () => jpegWithProfile(await jpeg(), damaged)],
    ['an empty profile', async () => pngWithProfile(await png(), Buffer.alloc(1))],
    ['WebP', () => picture(4).webp().toBuffer()],
  ])('from a photo with %s, byte for byte', async (_, make) => {
    const bytes = await make()
    expect((await prepare(bytes)).data.equals(await reference(bytes))).toBe(true)
  })

  it.each([
    ['Display P3', async () => pngWithProfile(await png(), p3)],
    ['Display P3, a JPEG', async () => jpegWithProfile(await jpeg(), p3)],
    [
      'Display P3, EXIF 6',
      async () =>
        jpegWithProfile(
          await sharp(await jpeg())
            .withMetadata({ orientation: 6 })
            .toBuffer(),
          p3,
        ),
    ],
    ['Display P3, transparent parts', async () => pngWithProfile(await png(4), p3)],
    ['Display P3, a WebP', () => picture(4).withIccProfile('p3').webp({ lossless: true }).toBuffer()],
    ['Display P3, a palette', async () => pngWithProfile(await palettePng(), p3)],
    ['Adobe RGB', async () => pngWithProfile(await png(), adobe)],
    ['sRGB', async () => pngWithProfile(await png(), srgb)],
    ['sRGB, transparent parts', async () => pngWithProfile(await png(4), srgb)],
  ])('from a photo in %s, within a few of 255', async (_, make) => {
    const bytes = await make()
    const source = await inspectImage(bytes, LIMITS)
    expect(source.profile).toBeDefined()
    const { mean, share } = await difference(
      (await prepareImage(source, OPTIONS)).data,
      await reference(bytes),
    )
    expect(mean).toBeLessThan(1)
    // At the edges of patches, the order of scaling and converting matters.
    expect(share).toBeLessThan(0.01)
  })

  it('and a different copy if the profile is missing', async () => {
    const plain = await png()
    for (const icc of [p3, adobe]) {
      const { data: copy } = await prepare(pngWithProfile(plain, icc))
      expect((await difference(copy, await reference(plain))).mean).toBeGreaterThan(5)
    }
  })
})

describe('prepareImage()', () => {
  it('measures the sharpness of the pixels that it encodes', async () => {
    const bytes = await jpeg()
    const { data, info } = await sharp(bytes)
      .resize(1536, 1536, { fit: 'inside' })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { sharpness } = await prepare(bytes)
    expect(sharpness).toBe(laplacianVariance(data, info.width, info.height, info.channels))

    const convert = conversionToSrgb(readColourProfile(p3)!) as Conversion
    convert(data, info.channels)
    const converted = laplacianVariance(data, info.width, info.height, info.channels)
    expect(converted).not.toBe(sharpness)
    expect((await prepare(jpegWithProfile(bytes, p3))).sharpness).toBe(converted)
  })

  it('converts colours at full resolution, and previewOf() scales that copy', async () => {
    const bytes = pngWithProfile(await png(), p3)
    const full = await prepareImage(await inspectImage(bytes, LIMITS), { ...OPTIONS, fullResolution: true })
    expect([full.width, full.height]).toEqual([WIDTH, HEIGHT])
    const preview = await previewOf(full)
    expect([preview.width, preview.height]).toEqual([1536, 307])
    expect((await difference(preview.jpeg, await reference(bytes))).mean).toBeLessThan(1.5)
    const copy = await prepare(bytes)
    expect((await previewOf(copy)).jpeg).toBe(copy.data)
  })
})

const greyPng = async () => picture(3).toColourspace('b-w').png().toBuffer()
const deepPng = async () => picture(3).toColourspace('rgb16').png().toBuffer()
const deepGreyPng = async () => picture(3).toColourspace('grey16').png().toBuffer()
const palettePng = async () => picture(3).png({ palette: true }).toBuffer()
