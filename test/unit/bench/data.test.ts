import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { writeAnswer } from '../../../bench/data/answers.ts'
import { drawPhoto, encodeDisplayP3, encodePlain, withOrientation6 } from '../../../bench/data/photos.ts'
import { makeGarbage, makeSoundJson } from '../../../bench/parts/garbage.ts'
import { decodeMaskPng } from '../../../functions/src/masks/mask-png.ts'
import { type LocatedObject, readLocation } from '../../../functions/src/tasks/locate/read-location.ts'

const SIZE = { width: 320, height: 240 }
// Runs before the functions are loaded: they disable SVG in sharp, which draws the photos.
const photo = await drawPhoto(SIZE, 1)
const again = await drawPhoto(SIZE, 1)

describe('drawPhoto()', () => {
  it('returns the same bytes for the same seed', async () => {
    const jpeg = await encodePlain(photo)
    expect(jpeg.equals(await encodePlain(again))).toBe(true)
  })

  it('has as many bytes per pixel as a photo', async () => {
    const bytesPerPixel = (await encodePlain(photo)).length / (SIZE.width * SIZE.height)
    expect(bytesPerPixel).toBeGreaterThan(0.15)
    expect(bytesPerPixel).toBeLessThan(0.6)
  })

  it('has variants with EXIF orientation and wide-gamut colours', async () => {
    const turned = await sharp(withOrientation6(await encodePlain(photo))).metadata()
    expect(turned).toMatchObject({ ...SIZE, orientation: 6, chromaSubsampling: '4:2:0' })
    const { icc } = await sharp(await encodeDisplayP3(photo)).metadata()
    expect(icc?.toString('latin1').replaceAll('\0', '')).toContain('P3')
  })
})

describe('writeAnswer()', () => {
  it('is deterministic', async () => {
    expect(await writeAnswer(3)).toBe(await writeAnswer(3))
  })

  it('contains only readable objects and masks, half of them square', async () => {
    const { objects, dropped } = readLocation({ text: await writeAnswer(4), truncated: false }, 100)
    expect(dropped).toEqual({})
    const masks = await Promise.all(objects.map(({ mask }) => decodeMaskPng(pngOf(mask))))
    expect(masks.map(({ width, height }) => Math.max(width, height))).toEqual([256, 256, 256, 256])
    expect(masks.map(({ width, height }) => width === height)).toEqual([true, false, true, false])
  })

  it('has masks with soft edges of several kilobytes', async () => {
    const { objects } = readLocation({ text: await writeAnswer(1), truncated: false }, 100)
    const png = pngOf(objects[0]!.mask)
    expect(png.length).toBeGreaterThan(5000)
    const { values } = await decodeMaskPng(png)
    expect(values.filter((value) => value > 10 && value < 245).length).toBeGreaterThan(500)
  })
})

function pngOf(mask: LocatedObject['mask']): Buffer {
  if (mask?.form !== 'png') throw new Error(`Expected a PNG mask but received ${mask?.form}`)
  return mask.png
}

describe('makeGarbage()', () => {
  it('returns about the requested number of characters for every kind', async () => {
    const kinds = makeGarbage(20_000, await writeAnswer(1))
    expect(kinds.length).toBeGreaterThan(30)
    const wrong = kinds.filter(({ text }) => text.length < 18_000 || text.length > 24_000)
    expect(wrong.map(({ name, text }) => [name, text.length])).toEqual([])
  })
})

describe('makeSoundJson()', () => {
  it('returns JSON of exactly the requested length', () => {
    const text = makeSoundJson(2000)
    expect(text).toHaveLength(2000)
    expect((JSON.parse(text) as unknown[]).length).toBeGreaterThan(10)
  })
})
