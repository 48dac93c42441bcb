import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { prepareImage } from '../../../functions/src/image/prepare.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { drawScene, FOUR_SHAPES, withOrientation } from '../../support/scene.ts'

const LIMITS = { maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 50_000_000, heic: 'decode' as const }
const OPTIONS = { fullResolution: false, maxImagePixels: LIMITS.maxImagePixels }
const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))

// The code under test blocks some loaders of sharp when it is imported, so the scene is drawn before.
let png: Buffer
beforeAll(async () => {
  png = (await drawScene(FOUR_SHAPES)).png
})

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })

/** The colours of the prepared copy at the four shapes, which show any rotation or mirroring. */
async function probe(jpeg: Buffer): Promise<string[]> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number) => {
    const i =
      (Math.round((y / 800) * info.height) * info.width + Math.round((x / 1200) * info.width)) * info.channels
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!]
    if (r > 200 && g > 200 && b > 200) return 'white'
    if (r > 200 && g > 100) return 'orange'
    return r > g && r > b ? 'red' : g > b ? 'green' : 'blue'
  }
  return [at(260, 230), at(830, 220), at(320, 600), at(875, 585), at(600, 400)]
}
const UPRIGHT = ['red', 'blue', 'green', 'orange', 'white']

describe('inspectImage() and prepareImage()', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turn EXIF orientation %i upright', async (orientation) => {
    const source = await inspectImage(await withOrientation(png, orientation), LIMITS)
    expect(source).toMatchObject({ format: 'jpeg', orientation, width: 1200, height: 800 })
    const prepared = await prepareImage(source, OPTIONS)
    expect([prepared.width, prepared.height]).toEqual([1200, 800])
    expect(await probe(prepared.data)).toEqual(UPRIGHT)
  })

  it.each([
    ['png', async () => png],
    ['webp', () => sharp(png).webp().toBuffer()],
    ['jpeg', () => sharp(png).jpeg().toBuffer()],
    ['heic', async () => heic],
    ['heif', async () => Buffer.concat([heic.subarray(0, 8), Buffer.from('mif1'), heic.subarray(12)])],
    ['png of 16 bits', () => sharp(png).toColourspace('rgb16').png().toBuffer()],
    ['jpeg in CMYK', () => sharp(png).toColourspace('cmyk').jpeg().toBuffer()],
    ['png with a palette', () => sharp(png).png({ palette: true }).toBuffer()],
  ])('read %s', async (kind, bytes) => {
    const source = await inspectImage(await bytes(), LIMITS)
    expect(source.format).toBe(kind.split(' ')[0])
    expect(await probe((await prepareImage(source, OPTIONS)).data)).toEqual(UPRIGHT)
  })

  it('flatten transparent images on white, and convert grey images to three channels', async () => {
    const clear = await sharp({ create: { width: 40, height: 30, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer()
    const prepared = await prepareImage(await inspectImage(clear, LIMITS), OPTIONS)
    expect([...(await sharp(prepared.data).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])

    const grey = await sharp(png).toColourspace('b-w').png().toBuffer()
    const fromGrey = await prepareImage(await inspectImage(grey, LIMITS), OPTIONS)
    expect((await sharp(fromGrey.data).metadata()).channels).toBe(3)
  })

  it('ignore the orientation of WebP, as browsers do, and apply that of PNG', async () => {
    const turned = async (format: 'webp' | 'png') => {
      const bytes = await sharp(png).toFormat(format).withMetadata({ orientation: 6 }).toBuffer()
      expect((await sharp(bytes).metadata()).orientation).toBe(6)
      const source = await inspectImage(bytes, LIMITS)
      const { width, height } = await prepareImage(source, OPTIONS)
      expect([width, height]).toEqual([source.width, source.height])
      return [source.orientation, width, height]
    }
    expect(await turned('webp')).toEqual([1, 1200, 800])
    expect(await turned('png')).toEqual([6, 800, 1200])
  })

  it('use the first frame of an animation', async () => {
    const frames = Buffer.concat([Buffer.alloc(32 * 32 * 3, 255), Buffer.alloc(32 * 32 * 3, 0)])
    const raw = { width: 32, height: 64, channels: 3, pageHeight: 32 } as const
    const webp = await sharp(frames, { raw }).webp({ lossless: true }).toBuffer()
    const source = await inspectImage(webp, LIMITS)
    expect([source.width, source.height]).toEqual([32, 32])
    const { data: jpeg } = await prepareImage(source, OPTIONS)
    expect((await sharp(jpeg).raw().toBuffer())[0]).toBeGreaterThan(250)
  })

  it('scale to at most 1536 pixels, and never enlarge', async () => {
    const large = await inspectImage(await blank(4000, 1000).jpeg().toBuffer(), LIMITS)
    expect(await prepareImage(large, OPTIONS)).toMatchObject({ width: 1536, height: 384 })
    expect(await prepareImage(large, { ...OPTIONS, fullResolution: true })).toMatchObject({
      width: 4000,
      height: 1000,
    })
    const small = await inspectImage(await blank(100, 50).jpeg().toBuffer(), LIMITS)
    expect(await prepareImage(small, OPTIONS)).toMatchObject({ width: 100, height: 50 })
  })

  it('remove EXIF, including GPS', async () => {
    const tagged = await sharp(png)
      .jpeg()
      .withExif({ IFD3: { GPSLatitude: '48/1 51/1 29/1' } })
      .toBuffer()
    expect((await sharp(tagged).metadata()).exif).toBeDefined()
    const { data: jpeg } = await prepareImage(await inspectImage(tagged, LIMITS), OPTIONS)
    const metadata = await sharp(jpeg).metadata()
    expect([metadata.exif, metadata.orientation, metadata.icc]).toEqual([undefined, undefined, undefined])
  })
})

/** A JPEG of 16 x 16 pixels whose header declares 7000 x 7000. */
async function lyingJpeg(): Promise<Buffer> {
  const jpeg = await blank(16, 16).jpeg().toBuffer()
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  jpeg.writeUInt16BE(7000, frame + 5)
  jpeg.writeUInt16BE(7000, frame + 7)
  return jpeg
}

describe('inspectImage() rejects', () => {
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
  const avif = Buffer.concat([Buffer.from([0, 0, 0, 28]), Buffer.from('ftypavif\0\0\0\0avifmif1miaf')])

  it.each([
    ['an empty file', Buffer.alloc(0), 'empty-file'],
    ['text', Buffer.from('<html>not a picture</html>'), 'unsupported-type'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unsupported-type'],
    ['GIF', gif, 'unsupported-type'],
    ['AVIF', avif, 'unsupported-type'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), 'unsupported-type'],
    ['the first three bytes of a JPEG', Buffer.from([0xff, 0xd8, 0xff]), 'corrupt-image'],
    [
      'only the signature of a PNG',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      'corrupt-image',
    ],
    ['a JPEG with a header and no pixels', undefined, 'corrupt-image'],
    ['only the header of a WebP', Buffer.from('RIFF\0\0\0\0WEBPVP8 '), 'corrupt-image'],
    ['only the header of a HEIC', heic.subarray(0, 32), 'corrupt-image'],
  ])('%s', async (_, bytes, code) => {
    await expect(inspectImage(bytes ?? (await lyingJpeg()), LIMITS)).rejects.toMatchObject({ code })
  })

  it('HEIC while HEIC is off', async () => {
    await expect(inspectImage(heic, { ...LIMITS, heic: 'off' })).rejects.toMatchObject({
      code: 'heic-disabled',
    })
  })

  it('too many bytes, too many pixels, and unusable dimensions', async () => {
    const inspect = async (bytes: Buffer, limits = LIMITS) => inspectImage(bytes, limits)
    const photo = await blank(100, 100).png().toBuffer()
    await expect(inspect(photo, { ...LIMITS, maxImageBytes: photo.length - 1 })).rejects.toMatchObject({
      code: 'file-too-large',
    })
    await expect(inspect(photo, { ...LIMITS, maxImagePixels: 9_999 })).rejects.toMatchObject({
      code: 'too-many-pixels',
    })
    await expect(inspect(heic, { ...LIMITS, maxImagePixels: 959_999 })).rejects.toMatchObject({
      code: 'too-many-pixels',
    })
    await expect(inspect(await blank(15, 100).png().toBuffer())).rejects.toMatchObject({
      code: 'bad-dimensions',
    })
    await expect(inspect(await blank(2000, 20).png().toBuffer())).rejects.toMatchObject({
      code: 'bad-dimensions',
    })
  })
})

describe('prepareImage() rejects', () => {
  it.each([
    ['jpeg', () => sharp(png).jpeg().toBuffer()],
    ['png', async () => png],
    ['webp', () => sharp(png).webp().toBuffer()],
    ['heic', async () => heic],
  ])('a truncated %s', async (_, whole) => {
    const bytes = await whole()
    const cut = async () => {
      const source = await inspectImage(bytes.subarray(0, Math.floor(bytes.length * 0.6)), LIMITS)
      await prepareImage(source, OPTIONS)
    }
    await expect(cut()).rejects.toMatchObject({ code: 'corrupt-image' })
  })
})
