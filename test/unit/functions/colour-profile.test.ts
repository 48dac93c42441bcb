import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readColourProfile } from '../../../functions/src/image/colour-profile.ts'
import { conversionToSrgb } from '../../../functions/src/image/to-srgb.ts'
import {
  ADOBE_RGB,
  curv,
  P3,
  para,
  pngWithProfile,
  profileOf,
  rgbTags,
  SRGB,
  SRGB_CURVE,
  type Tags,
  xyz,
} from '../../support/colour-profiles.ts'

const ADOBE_GAMMA = 563 / 256
const table = (length: number, gamma: number) =>
  curv(...Array.from({ length }, (_, i) => 65535 * (i / (length - 1)) ** gamma))

/** All colours of nine levels per channel, then a ramp of grey. */
const COLOURS = Buffer.from([
  ...Array.from({ length: 729 }, (_, i) => [i % 9, Math.floor(i / 9) % 9, Math.floor(i / 81)])
    .flat()
    .map((level) => Math.round((level * 255) / 8)),
  ...Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)),
])
const COUNT = COLOURS.length / 3

async function libvips(icc: Buffer): Promise<Buffer> {
  const png = await sharp(COLOURS, { raw: { width: COUNT, height: 1, channels: 3 } })
    .png()
    .toBuffer()
  return sharp(pngWithProfile(png, icc)).raw().toBuffer()
}

function ours(icc: Buffer): Buffer {
  const profile = readColourProfile(icc)
  const conversion = profile && conversionToSrgb(profile)
  if (!conversion) throw new Error('not a profile that we convert')
  const pixels = Buffer.from(COLOURS)
  if (conversion !== 'none') conversion(pixels, 3)
  return pixels
}

function furthest(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, byte, i) => Math.max(most, Math.abs(byte - b[i]!)), 0)
}

describe('conversionToSrgb()', () => {
  it.each([
    ['Display P3', rgbTags(P3, SRGB_CURVE)],
    ['Adobe RGB, a gamma', rgbTags(ADOBE_RGB, curv(ADOBE_GAMMA))],
    ['a linear curve', rgbTags(P3, curv())],
    ['a table of 1024', rgbTags(P3, table(1024, 2.2))],
    ['a table of two', rgbTags(P3, curv(0, 65535))],
    ['a table of an odd length', rgbTags(P3, table(27, 1.8))],
    ['function type 0', rgbTags(P3, para(0, 1.8))],
    ['function type 1', rgbTags(P3, para(1, 2.2, 1.05, -0.05))],
    ['function type 2', rgbTags(P3, para(2, 2.2, 0.9, 0.1, -0.0063))],
    ['function type 3', rgbTags(ADOBE_RGB, SRGB_CURVE)],
    ['function type 4', rgbTags(P3, para(4, 2.4, 0.94, 0.055, 0.07, 0.1, -0.003, 0.0001))],
    ['a curve for each channel', { ...rgbTags(P3, SRGB_CURVE), gTRC: curv(1.8), bTRC: table(64, 2.6) }],
  ] satisfies [string, Tags][])('converts the colours of %s as libvips does', async (_, tags) => {
    for (const version of [2, 4]) {
      const icc = profileOf(tags, { version })
      const expected = await libvips(icc)
      expect(furthest(expected, COLOURS)).toBeGreaterThan(8)
      expect(furthest(ours(icc), expected)).toBeLessThanOrEqual(2)
    }
  })

  it.each([
    ['the standard', rgbTags(SRGB, SRGB_CURVE)],
    ['a table', rgbTags(SRGB, curv(...Array.from({ length: 1024 }, (_, i) => srgbTable(i / 1023))))],
  ])('leaves sRGB as it is, by %s', (_, tags) => {
    expect(conversionToSrgb(readColourProfile(profileOf(tags))!)).toBe('none')
  })

  it('needs both the primaries and the curve of sRGB to recognise sRGB', () => {
    for (const tags of [rgbTags(SRGB, curv(1.8)), rgbTags(P3, SRGB_CURVE)]) {
      expect(conversionToSrgb(readColourProfile(profileOf(tags))!)).toBeTypeOf('function')
    }
  })

  it.each([0.9999, 0.9, 0.7, 0.5, 0.1, 0])(
    'converts primaries of sRGB times %d as libvips does',
    async (scale) => {
      const primaries = SRGB.map((primary) => primary.map((value) => value * scale)) as typeof SRGB
      const icc = profileOf(rgbTags(primaries, SRGB_CURVE))
      expect(furthest(ours(icc), await libvips(icc))).toBeLessThanOrEqual(2)
    },
  )

  it('does not change the fourth channel', () => {
    const convert = conversionToSrgb(readColourProfile(profileOf(rgbTags(P3, SRGB_CURVE)))!)
    if (typeof convert !== 'function') throw new Error('expected a conversion')
    const pixels = Uint8Array.of(200, 100, 50, 7, 200, 100, 50, 255)
    convert(pixels, 4)
    expect([...pixels]).toEqual([215, 93, 31, 7, 215, 93, 31, 255])
  })

  it.each([3, 4])('converts every pixel of an image of many blocks, %i bytes a pixel', (channels) => {
    const convert = conversionToSrgb(readColourProfile(profileOf(rgbTags(P3, SRGB_CURVE)))!)
    if (typeof convert !== 'function') throw new Error('expected a conversion')
    const [before, after] = [
      [200, 100, 50, 7],
      [215, 93, 31, 7],
    ].map((pixel) => pixel.slice(0, channels))
    const count = 3 * 2048 + 5
    // Part of a larger buffer, like small buffers from Node's pool.
    const buffer = Buffer.alloc((count + 2) * channels, Buffer.from(before!))
    convert(buffer.subarray(channels, -channels), channels)
    const expected = Buffer.alloc(buffer.length, Buffer.from(after!))
    for (const at of [0, buffer.length - channels]) expected.set(before!, at)
    expect(buffer.equals(expected)).toBe(true)
  })

  it('returns undefined for impossible primaries', () => {
    const tags = { ...rgbTags(P3, SRGB_CURVE), rXYZ: xyz(30_000, -30_000, 1) }
    expect(conversionToSrgb(readColourProfile(profileOf(tags))!)).toBeUndefined()
  })
})

describe('readColourProfile() leaves to libvips', () => {
  const tags = rgbTags(P3, SRGB_CURVE)
  const without = (name: string): Tags =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => key !== name))

  it.each([
    ['tables', profileOf({ ...tags, A2B0: Buffer.from('mAB \0\0\0\0\0\0\0\0') })],
    ['tables of floating point', profileOf({ ...tags, D2B0: Buffer.from('mpet\0\0\0\0\0\0\0\0') })],
    ['CMYK', profileOf(tags, { space: 'CMYK' })],
    ['grey', profileOf(tags, { space: 'GRAY' })],
    ['links between devices', profileOf(tags, { deviceClass: 'link' })],
    ['version 5', profileOf(tags, { version: 5 })],
    ['no curve', profileOf(without('rTRC'))],
    ['no primary', profileOf(without('gXYZ'))],
    ['a function of an unknown type', profileOf({ ...tags, rTRC: para(5, 1, 1, 1, 1, 1, 1, 1) })],
    ['a function with too few parameters', profileOf({ ...tags, rTRC: para(4, 2.4, 1) })],
    ['a table longer than its tag', profileOf({ ...tags, rTRC: curv(0, 1).fill(0xff, 8, 12) })],
    ['black that is not black', profileOf({ ...tags, rTRC: para(2, 2.2, 1, 0, 0.0005) })],
    ['a curve below black', profileOf({ ...tags, rTRC: para(2, 2.2, 1, 0, -0.05) })],
    ['a curve above white', profileOf({ ...tags, rTRC: para(1, 2.2, 1.1, 0) })],
    ['a curve without a value', profileOf({ ...tags, rTRC: para(0, -1) })],
    ['the same tag twice', twice(profileOf(tags))],
    ['only a header', profileOf(tags).subarray(0, 128)],
    ['an empty profile', Buffer.alloc(0)],
  ])('%s', (_, icc) => {
    expect(readColourProfile(icc)).toBeUndefined()
  })

  it('any truncated or damaged profile, without throwing', () => {
    const icc = profileOf({ ...tags, gTRC: table(16, 2.2) })
    expect(readColourProfile(icc)).toBeDefined()
    for (let length = 0; length < icc.length; length++) {
      expect(readColourProfile(icc.subarray(0, length))).toBeUndefined()
    }
    let survived = 0
    for (let at = 0; at < icc.length; at++) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(icc)
        damaged[at] = byte
        const profile = readColourProfile(damaged)
        if (!profile) continue
        survived++
        const conversion = conversionToSrgb(profile)
        if (typeof conversion === 'function') conversion(Buffer.from(COLOURS), 3)
      }
    }
    expect(survived).toBeGreaterThan(icc.length)
  })
})

function srgbTable(value: number): number {
  return 65535 * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
}

function twice(icc: Buffer): Buffer {
  const names = icc.readUInt32BE(128)
  icc.copy(icc, 132 + (names - 1) * 12, 132, 136)
  return icc
}
