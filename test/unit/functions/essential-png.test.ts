import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { essentialPng } from '../../../functions/src/image/essential-png.ts'
import { prepareImage } from '../../../functions/src/image/prepare.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { P3, pngWithProfile, profileOf, rgbTags, SRGB_CURVE } from '../../support/colour-profiles.ts'
import { chunk, PNG_SIGNATURE, rawPng } from '../../support/png-chunks.ts'

const LIMITS = { maxImageBytes: 4 << 20, maxImagePixels: 1_000_000, heic: 'off' as const }
const AFTER_HEADER = 33
const p3 = profileOf(rgbTags(P3, SRGB_CURVE))

/** Gradients in both directions, which show any rotation. */
const ROWS = Buffer.from(
  Array.from({ length: 24 }, (_, y) => [0, ...Array.from({ length: 32 }, (_v, x) => x * 3 + y * 5)]).flat(),
)
const plain = rawPng({ width: 32, height: 24 }, ROWS)

const compressed = deflateSync(Buffer.alloc(100_000, 65))
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const zTXt = chunk('zTXt', Buffer.concat([latin1('a\0\0'), compressed]))
const iTXt = chunk('iTXt', Buffer.concat([latin1('a\0\u0001\0\0\0'), compressed]))
const tEXt = chunk('tEXt', latin1('a\0b'))
const unknown = chunk('abCd', Buffer.alloc(50))
const gamma = chunk('gAMA', Buffer.from([0, 0, 0xb1, 0x8f]))
const orientation = (value: number) =>
  latin1(`II*\0\b\0\0\0\u0001\0\u0012\u0001\u0003\0\u0001\0\0\0${String.fromCharCode(value)}\0\0\0\0\0\0\0`)
const exif = chunk('eXIf', orientation(6))

function insert(png: Buffer, ...chunks: Buffer[]): Buffer {
  return Buffer.concat([png.subarray(0, AFTER_HEADER), ...chunks, png.subarray(AFTER_HEADER)])
}

function types(png: Buffer): string[] {
  const found: string[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    found.push(png.toString('latin1', at + 4, at + 8))
  return found
}

async function decoded(png: Buffer): Promise<Buffer | string> {
  try {
    return await sharp(png, { failOn: 'error' }).autoOrient().raw().toBuffer()
  } catch {
    return 'refused'
  }
}

describe('essentialPng()', () => {
  it('removes texts, compressed or not, and other chunks that do not affect pixels', async () => {
    const others = ['tIME', 'pHYs', 'sPLT', 'hIST', 'bKGD', 'sBIT', 'iDOT'].map((type) =>
      chunk(type, Buffer.alloc(7)),
    )
    const png = insert(plain, zTXt, gamma, iTXt, zTXt, tEXt, unknown, ...others)
    const withTail = Buffer.concat([png.subarray(0, -12), zTXt, tEXt, png.subarray(-12), zTXt])
    expect(types(essentialPng(withTail))).toEqual(['IHDR', 'gAMA', 'IDAT', 'IEND'])
    expect(essentialPng(withTail).equals(insert(plain, gamma))).toBe(true)
  })

  it('returns the same buffer if there is nothing to remove', () => {
    for (const png of [plain, insert(plain, gamma, exif), pngWithProfile(plain, p3)])
      expect(essentialPng(png)).toBe(png)
  })

  it('keeps the first chunk of each type, and all chunks of pixels', () => {
    const empty = chunk('IDAT', Buffer.alloc(0))
    const palette = chunk('PLTE', Buffer.alloc(6))
    const png = insert(plain, gamma, gamma, exif, palette, palette, exif, empty, empty)
    expect(types(essentialPng(png))).toEqual(['IHDR', 'gAMA', 'eXIf', 'PLTE', 'IDAT', 'IDAT', 'IDAT', 'IEND'])
  })

  it('removes EXIF that is larger than cameras write', () => {
    const large = chunk('eXIf', Buffer.concat([orientation(6), Buffer.alloc(1 << 20)]))
    expect(essentialPng(insert(plain, large)).equals(plain)).toBe(true)
  })

  it('keeps the still image of an animation', async () => {
    const frame = chunk('fdAT', Buffer.concat([Buffer.alloc(4), deflateSync(Buffer.alloc(ROWS.length))]))
    const animated = insert(plain, chunk('acTL', Buffer.alloc(8)), chunk('fcTL', Buffer.alloc(26)))
    const png = Buffer.concat([animated.subarray(0, -12), frame, animated.subarray(-12)])
    expect(essentialPng(png).equals(plain)).toBe(true)
  })

  it('does not change whether a truncated PNG can be decoded', async () => {
    const whole = insert(plain, tEXt, gamma, unknown, exif)
    const outcomes = new Set<boolean>()
    for (let length = 8; length <= whole.length; length++) {
      const [before, after] = [
        await decoded(whole.subarray(0, length)),
        await decoded(essentialPng(whole.subarray(0, length))),
      ]
      expect(after).toEqual(before)
      outcomes.add(before === 'refused')
    }
    expect(outcomes.size).toBe(2)
  })

  it('keeps unknown critical chunks, which decoders must reject', async () => {
    const png = insert(plain, chunk('ABCD', Buffer.alloc(3)), tEXt)
    expect(types(essentialPng(png))).toContain('ABCD')
    await expect(
      inspectImage(png, LIMITS).then((source) => prepareImage(source, { ...LIMITS, fullResolution: false })),
    ).rejects.toMatchObject({ code: 'corrupt-image' })
  })

  it('does not throw on invalid chunk lengths', () => {
    for (let at = 8; at < plain.length; at++) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const damaged = insert(plain, tEXt, unknown)
        damaged[at] = byte
        expect(essentialPng(damaged).length).toBeLessThanOrEqual(damaged.length)
      }
    }
    expect(essentialPng(PNG_SIGNATURE)).toBe(PNG_SIGNATURE)
  })
})

describe('inspectImage() and prepareImage() of a PNG with texts', () => {
  it('decode only its essential chunks, and hash the uploaded bytes', async () => {
    const png = insert(plain, zTXt, exif, iTXt)
    const source = await inspectImage(png, LIMITS)
    expect(types(source.bytes)).toEqual(['IHDR', 'eXIf', 'IDAT', 'IEND'])
    expect(source).toMatchObject({ width: 24, height: 32, orientation: 6 })
    expect(source.sha256).toBe(createHash('sha256').update(png).digest('hex'))
  })

  it.each([
    [
      'a palette with transparent colours',
      async () =>
        sharp(await clear())
          .png({ palette: true })
          .toBuffer(),
    ],
    ['transparent parts', clear],
    ['an orientation', async () => insert(plain, exif)],
    [
      'a colour profile',
      async () =>
        sharp(await clear())
          .withIccProfile('p3')
          .png()
          .toBuffer(),
    ],
    ['a transparent grey', async () => insert(plain, chunk('tRNS', Buffer.from([0, 93])))],
    ['a gamma', async () => insert(plain, gamma)],
    [
      '16 bits and interlacing',
      async () =>
        sharp(await clear())
          .toColourspace('rgb16')
          .png({ progressive: true })
          .toBuffer(),
    ],
  ])('find the same pixels in one with %s', async (_, make) => {
    const png = insert(await make(), tEXt, zTXt)
    const { bytes } = await inspectImage(png, LIMITS)
    expect(bytes.length).toBeLessThan(png.length)
    expect(types(bytes).filter((type) => /XT|Xt/i.test(type))).toEqual([])
    expect(await decoded(bytes)).toEqual(await decoded(png))
    expect(await decoded(bytes)).toBeInstanceOf(Buffer)
  })
})

async function clear(): Promise<Buffer> {
  const pixels = Buffer.from(
    Array.from({ length: 32 * 24 }, (_, i) => [i % 256, 200, 30, i % 2 ? 255 : 0]).flat(),
  )
  return sharp(pixels, { raw: { width: 32, height: 24, channels: 4 } })
    .png()
    .toBuffer()
}
