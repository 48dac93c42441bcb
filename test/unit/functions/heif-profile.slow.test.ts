import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { readHeifProfile } from '../../../functions/src/image/heif-profile.ts'
import { prepareImage } from '../../../functions/src/image/prepare.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import {
  ADOBE_RGB,
  curv,
  P3,
  pngWithProfile,
  profileOf,
  rgbTags,
  SRGB_CURVE,
} from '../../support/colour-profiles.ts'
import { box, colrIcc, colrNclx, withProperties } from '../../support/heif-boxes.ts'

const LIMITS = { maxImageBytes: 1 << 20, maxImagePixels: 2_000_000, heic: 'decode' as const }
const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))
const p3 = profileOf(rgbTags(P3, SRGB_CURVE))
const adobe = profileOf(rgbTags(ADOBE_RGB, curv(2.2)))

/** The colours of the fixture's circle, rectangle, triangle, square and background in the prepared copy. */
async function colours(bytes: Buffer): Promise<number[][]> {
  const { data: jpeg } = await prepareImage(await inspectImage(bytes, LIMITS), {
    ...LIMITS,
    fullResolution: false,
  })
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  const places = [
    [260, 230],
    [830, 220],
    [320, 600],
    [875, 585],
    [600, 400],
  ] as const
  return places.map(([x, y]) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)])
}

/** The colours that libvips converts from a profile. */
async function converted(list: number[][]): Promise<number[][]> {
  const raw = { width: list.length, height: 1, channels: 3 } as const
  const png = await sharp(Buffer.from(list.flat()), { raw }).png().toBuffer()
  const data = await sharp(pngWithProfile(png, p3)).raw().toBuffer()
  return list.map((_, i) => [...data.subarray(i * 3, i * 3 + 3)])
}

describe('prepareImage() converts the colours of HEIC to sRGB', () => {
  it.each([
    ['by an ICC profile', colrIcc(p3)],
    ['by a restricted ICC profile', colrIcc(p3, 'rICC')],
    ['by the code points of Display P3', colrNclx(12, 13)],
  ])('%s', async (_, property) => {
    const stored = await colours(heic)
    const expected = await converted(stored)
    expect(expected[0]![0]! - stored[0]![0]!).toBeGreaterThan(10)
    const found = await colours(withProperties(heic, property))
    found.forEach((colour, i) =>
      colour.forEach((byte, c) => expect(Math.abs(byte - expected[i]![c]!)).toBeLessThanOrEqual(4)),
    )
  })

  it.each([
    ['of BT.709', colrNclx(1, 13)],
    ['of HDR', colrNclx(12, 16)],
    ['of a damaged profile', colrIcc(p3.subarray(0, 200))],
  ])('but leaves those %s', async (_, property) => {
    expect(await colours(withProperties(heic, property))).toEqual(await colours(heic))
  })
})

describe('readHeifProfile()', () => {
  it('prefers an ICC profile to code points, in any order', () => {
    const expected = readHeifProfile(withProperties(heic, colrIcc(adobe)))
    expect(expected?.primaries[0][0]).toBeCloseTo(0.6097, 3)
    expect(readHeifProfile(withProperties(heic, colrNclx(12, 13), colrIcc(adobe)))).toEqual(expected)
    expect(readHeifProfile(withProperties(heic, colrIcc(adobe), colrNclx(12, 13)))).toEqual(expected)
  })

  it.each([0, 1])('finds the properties of the primary image, with ids and indexes of version %i', (wide) => {
    const id = (value: number) => Buffer.from(wide ? [0, 0, 0, value] : [0, value])
    const place = (value: number) => Buffer.from(wide ? [0x80, value] : [0x80 | value])
    const entry = (item: number, ...places: number[]) =>
      Buffer.concat([id(item), Buffer.from([places.length]), ...places.map(place)])
    const file = box(
      'meta',
      Buffer.alloc(4),
      box('pitm', Buffer.from([wide, 0, 0, 0]), id(7)),
      box(
        'iprp',
        box('ipco', box('free', Buffer.alloc(3)), colrIcc(adobe), colrIcc(p3)),
        box('ipma', Buffer.from([wide, 0, 0, wide, 0, 0, 0, 2]), entry(3, 1, 2), entry(7, 1, 3)),
      ),
    )
    expect(readHeifProfile(file)?.primaries[0][0]).toBeCloseTo(0.5151, 3)
  })

  it('returns undefined without colours, and never throws when a byte before the image is damaged', () => {
    expect(readHeifProfile(heic)).toBeUndefined()
    const file = withProperties(heic, colrNclx(12, 13))
    const header = file.subarray(0, file.indexOf('mdat') + 16)
    let found = 0
    for (let at = 0; at < header.length; at++) {
      readHeifProfile(header.subarray(0, at))
      for (const byte of [0, 1, 2, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(header)
        damaged[at] = byte
        if (readHeifProfile(damaged)) found++
      }
    }
    expect(found).toBeGreaterThan(header.length)
  })

  it('reads only one profile, even if the file references many', () => {
    const entry = Buffer.from([0, 1, 255, ...Array.from({ length: 255 }, (_, i) => 1 + (i % 3))])
    const entries = Array.from({ length: 200 }, () => entry)
    const file = box(
      'meta',
      Buffer.alloc(4),
      box('pitm', Buffer.from([0, 0, 0, 0, 0, 1])),
      box(
        'iprp',
        box('ipco', colrIcc(p3), colrIcc(adobe), colrIcc(adobe)),
        ...Array.from({ length: 5 }, () => box('ipma', Buffer.from([0, 0, 0, 0, 0, 0, 0, 200]), ...entries)),
      ),
    )
    const sampled = vi.spyOn(Float64Array, 'from')
    try {
      expect(readHeifProfile(file)?.primaries[0][0]).toBeCloseTo(0.5151, 3)
      // One for each curve.
      expect(sampled).toHaveBeenCalledTimes(3)
    } finally {
      sampled.mockRestore()
    }
  })

  it('reads a bounded number of boxes', () => {
    const file = (boxes: number) => {
      const padding = Array.from({ length: boxes }, () => box('free'))
      return Buffer.concat([...padding, withProperties(heic, colrNclx(12, 13))])
    }
    expect(readHeifProfile(file(100))).toBeDefined()
    expect(readHeifProfile(file(10_000))).toBeUndefined()
  })

  it('reads a bounded number of items and lists of properties', () => {
    const file = (lists: number, items: number) => {
      const header = Buffer.alloc(8)
      header.writeUInt32BE(items + 1, 4)
      const strange = Buffer.alloc(items * 3, Buffer.from([0, 9, 0]))
      const ours = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1])
      return box(
        'meta',
        Buffer.alloc(4),
        box('pitm', Buffer.from([0, 0, 0, 0, 0, 1])),
        box(
          'iprp',
          box('ipco', colrNclx(12, 13)),
          ...Array.from({ length: lists }, () => box('ipma')),
          ...(items ? [box('ipma', header, strange, ours.subarray(8))] : [box('ipma', ours)]),
        ),
      )
    }
    expect(readHeifProfile(file(3, 0))).toBeDefined()
    expect(readHeifProfile(file(4, 0))).toBeUndefined()
    expect(readHeifProfile(file(0, 1000))).toBeDefined()
    expect(readHeifProfile(file(0, 70_000))).toBeUndefined()
  })

  it('does not throw on sizes of 64 bits, on size 0, and on boxes without an end', () => {
    const huge = Buffer.concat([Buffer.from([0, 0, 0, 1]), Buffer.from('meta'), Buffer.alloc(8, 0xff)])
    const endless = box('meta', Buffer.alloc(4), Buffer.from('\0\0\0\0ipco'))
    for (const bytes of [huge, endless, Buffer.alloc(64), Buffer.alloc(0)]) {
      expect(readHeifProfile(bytes)).toBeUndefined()
    }
  })
})
