import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeHeic, heicDimensions } from '../../../functions/src/image/heic.ts'
import { copyHeifOriginal } from '../../../functions/src/image/heif-original.ts'
import { heifGrid } from '../../hostile/pictures/heif-grid.ts'
import { box, colrIcc, colrNclx } from '../../support/heif-boxes.ts'
import {
  clap,
  full,
  gridOf,
  heifFile,
  type Item,
  imir,
  irot,
  ispe,
  numbers,
  SHAPES,
  shapes,
} from '../../support/heif-file.ts'
import { GPS, hvcCTwice, inSample, photoWithSecrets, sei } from '../../support/heif-with-secrets.ts'

const MAX_PIXELS = 20_000_000
const fixture = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))

const LIMITS = { maxImageBytes: 20 << 20, maxImagePixels: MAX_PIXELS }
const copy = (file: Buffer, limits = LIMITS) => copyHeifOriginal(file, 'heic', limits)
const sizeOf = ({ width, height }: { width: number; height: number }) => `${width} x ${height}`
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error

describe('copyHeifOriginal()', () => {
  it('copies the pixels of the primary image, and no other byte that could identify a person or a place', async () => {
    const { file, secrets } = photoWithSecrets()
    expect(file.toString('latin1').match(/SECRET-/g)).toHaveLength(secrets)
    const { bytes, width, height } = copy(file)
    expect(bytes.includes('SECRET')).toBe(false)
    expect(bytes.includes(GPS)).toBe(false)
    expect([width, height]).toEqual([763, 1161])
    expect(bytes.length).toBeLessThan(SHAPES.coded.length + 1000)
    const [before, after] = [await decodeHeic(file, MAX_PIXELS), await decodeHeic(bytes, MAX_PIXELS)]
    expect(sizeOf(after)).toBe('763 x 1161')
    expect(after.rgba.equals(before.rgba)).toBe(true)
  })

  it('writes only the boxes that a decoder needs', () => {
    const { bytes } = copy(photoWithSecrets().file)
    expect(boxTypes(bytes)).toEqual(
      'ftyp meta hdlr pitm iloc iinf iref iprp ipco ispe irot clap imir hvcC pixi ipma mdat'.split(' '),
    )
    expect(copy(bytes).bytes.equals(bytes)).toBe(true)
  })

  it('copies data that tiles share once', () => {
    const { bytes, ...size } = copy(heifGrid(2, 2, { width: 2400, height: 1600 }))
    expect(size).toEqual({ width: 2400, height: 1600 })
    expect(bytes.length).toBeLessThan(SHAPES.coded.length + 1000)
  })

  it('applies the limits to the whole picture, also outside of its crop, and to the copy', () => {
    const file = heifFile([shapes(1, clap(1180, 760))])
    const [pixels, bytes] = [
      { ...LIMITS, maxImagePixels: 959_999 },
      { ...LIMITS, maxImageBytes: 14_000 },
    ]
    expect(() => copy(file, pixels)).toThrow(refusal('too-many-pixels', /1200 x 800/))
    expect(() => copy(file, bytes)).toThrow(refusal('file-too-large', /14000/))
  })

  it('clears bits without a meaning', () => {
    const { bytes } = copy(heifFile([shapes(1, box('irot', Buffer.from([0xfd])))]))
    expect(bytes[bytes.indexOf('irot') + 4]).toBe(1)
  })

  it('keeps colours as code points, but no ICC profile', () => {
    const colours = (...boxes: Buffer[]) => boxTypes(copy(heifFile([shapes(1, ...boxes)])).bytes)
    expect(colours(colrIcc(Buffer.alloc(200)))).not.toContain('colr')
    expect(colours(colrNclx(12, 13))).toContain('colr')
  })

  it('takes the primary item, not the first one, and ignores EXIF orientation', async () => {
    const small = shapes(1, clap(100, 50))
    const file = heifFile([small, shapes(2, irot(1))], { primary: 2 })
    const { bytes, width, height } = copy(file)
    expect([width, height]).toEqual([800, 1200])
    expect(sizeOf(await heicDimensions(bytes, MAX_PIXELS))).toBe('800 x 1200')
  })

  // libheif refuses crops of much more than 64 pixels.
  it.each([
    ['a turn', [irot(1)], '800 x 1200'],
    ['a mirror, then a turn', [imir(1), irot(3)], '800 x 1200'],
    ['a crop, then a turn', [clap(1180, 760), irot(1)], '760 x 1180'],
    ['a turn, then a crop', [irot(1), clap(760, 1180)], '760 x 1180'],
    ['an odd crop at the edge', [clap(1161, 763, 39, -37)], '1161 x 763'],
  ] as const)('gives the upright size after %s, as the decoder does', async (_, transforms, size) => {
    const file = heifFile([shapes(1, ...transforms)])
    expect(sizeOf(copy(file))).toBe(size)
    expect(sizeOf(await heicDimensions(file, MAX_PIXELS))).toBe(size)
  })

  it.each([
    ['data outside the file', [{ ...shapes(1), dataReference: 1 }], 'unsupported-type', /outside the file/],
    ['data of other items', [{ ...shapes(1), method: 2 }], 'unsupported-type', /derived from other items/],
    ['another codec', [{ ...shapes(1), type: 'av01' }], 'unsupported-type', /"av01"/],
    ['an unknown essential property', [shapes(1, box('odd!'))], 'unsupported-type', /property "odd!"/],
    [
      'a false size',
      [{ ...shapes(1), properties: [SHAPES.hvcC, ispe(120, 80)] }],
      'corrupt-image',
      /1200 x 800/,
    ],
    [
      'a size that is wrong by a pixel',
      [{ ...shapes(1), properties: [SHAPES.hvcC, ispe(1199, 800)] }],
      'corrupt-image',
      /1200 x 800/,
    ],
    ['two sizes', [shapes(1, ispe(1000, 800))], 'unsupported-type', /two properties ispe/],
    [
      'two sequence parameter sets',
      [{ ...shapes(1), properties: [hvcCTwice(33, 1), SHAPES.ispe] }],
      'unsupported-type',
      /several parameter sets/,
    ],
    [
      'many SEI messages',
      [{ ...shapes(1), properties: [hvcCTwice(39, 70), SHAPES.ispe] }],
      'corrupt-image',
      /more than 64 units/,
    ],
    [
      'many NAL units',
      [{ ...shapes(1), data: Buffer.concat(Array.from({ length: 257 }, () => inSample(sei()))) }],
      'corrupt-image',
      /more than 256 NAL units/,
    ],
    ['an empty NAL unit', [{ ...shapes(1), data: numbers(4, 0, 0) }], 'corrupt-image', /NAL unit is cut off/],
    ['no size', [{ ...shapes(1), properties: [SHAPES.hvcC] }], 'corrupt-image', /no ispe/],
    ['a crop beyond the edge', [shapes(1, clap(600, 400, 2000))], 'corrupt-image', /aperture is empty/],
    ['no coded picture', [{ ...shapes(1), data: inSample(sei()) }], 'corrupt-image', /no coded picture/],
    ['nested grids', [grid(1, [2], 1, 1), grid(2, [3], 1, 1), shapes(3)], 'unsupported-type', /"grid"/],
    ['a grid of itself', [grid(1, [1], 1, 1)], 'corrupt-image', /used twice/],
    ['a missing tile', [grid(1, [2], 1, 2), shapes(2)], 'corrupt-image', /1 tiles instead of 2/],
    ['tiles of no item', [grid(1, [9], 1, 1)], 'corrupt-image', /item 9/],
    ['rotated tiles', [grid(1, [2], 1, 1), shapes(2, irot(1))], 'unsupported-type', /tiles are rotated/],
    ['invisible tiles', [grid(1, [2, 3], 1, 2, 1200), shapes(2), shapes(3)], 'corrupt-image', /invisible/],
    ['a hole', [grid(1, [2], 1, 1, 2400), shapes(2)], 'corrupt-image', /do not cover/],
  ] as const)('refuses %s', (_, items, code, message) => {
    expect(() => copy(heifFile(items as unknown as Item[]))).toThrow(refusal(code, message))
  })

  it('reads 64 KiB of hostile locations and 60,000 items without repeated work', () => {
    // Extents without bytes: 65,535 for each of 60,000 items.
    const entry = Buffer.concat([numbers(2, 9, 0, 65_535)])
    const iloc = full(
      'iloc',
      0,
      Buffer.from([0, 0]),
      numbers(2, 60_000),
      ...Array.from({ length: 60_000 }, () => entry),
    )
    const meta = box(
      'meta',
      numbers(4, 0),
      full('pitm', 0, numbers(2, 1)),
      full('iinf', 0, numbers(2, 0)),
      full('iprp', 0),
      iloc,
    )
    const started = performance.now()
    expect(() => copy(Buffer.concat([fixture.subarray(0, 28), meta]))).toThrow(
      refusal('corrupt-image', /item 1/),
    )
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('refuses or copies the fixture with any byte before the pixels damaged, and never fails otherwise', () => {
    const pixels = fixture.indexOf('mdat') + 4
    const ends = new Set<string>()
    for (let at = 8; at < pixels; at++) {
      for (const byte of [0, 0x7f, 0xff]) {
        const damaged = Buffer.from(fixture)
        damaged[at] = byte
        try {
          copy(damaged)
          ends.add('copied')
        } catch (error) {
          ends.add((error as { code?: string }).code ?? String(error))
        }
      }
    }
    expect([...ends].toSorted()).toEqual(['copied', 'corrupt-image', 'too-many-pixels', 'unsupported-type'])
  })
})

/** A grid of tiles of the fixture's size. */
function grid(id: number, tiles: number[], rows: number, columns: number, width = columns * 1200): Item {
  const height = rows * 800
  return {
    id,
    type: 'grid',
    properties: [ispe(width, height)],
    data: gridOf(rows, columns, width, height),
    references: { dimg: tiles },
  }
}

const CONTAINERS: Record<string, number> = { meta: 4, iprp: 0, ipco: 0 }

/** The types of all boxes, but those within `iinf` and `iref`. */
function boxTypes(bytes: Buffer): string[] {
  const types: string[] = []
  for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8)
    const skipped = CONTAINERS[type]
    types.push(type)
    if (skipped !== undefined)
      types.push(...boxTypes(bytes.subarray(at + 8 + skipped, at + bytes.readUInt32BE(at))))
  }
  return types
}
