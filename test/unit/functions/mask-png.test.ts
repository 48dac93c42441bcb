import { execFileSync } from 'node:child_process'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeMaskPng } from '../../../functions/src/masks/mask-png.ts'
import { pixelsAlone, readPng } from '../../../functions/src/masks/png/read-png.ts'
import { packScanlines, randomFrom, softDisc } from '../../support/masks.ts'
import { chunk, chunkData, chunkTypes, PNG_SIGNATURE, rawPng } from '../../support/png-chunks.ts'

const SIZE = { width: 61, height: 37 }
const DISC = softDisc(SIZE)
const disc = () => sharp(DISC, { raw: { ...SIZE, channels: 1 } }).toColourspace('b-w')

/** Filters rows byte by byte, as the specification defines it: 9.2. */
function filterRows(
  values: Uint8Array,
  { width, height }: typeof SIZE,
  typeOf: (y: number) => number,
): Buffer {
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : values[y * width + x]!)
  const bytes = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    bytes[y * (width + 1)] = typeOf(y)
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [at(x - 1, y), at(x, y - 1), at(x - 1, y - 1)]
      const nearest = [a, b, c].toSorted((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0]!
      const predicted = [0, a, b, Math.floor((a + b) / 2), nearest][typeOf(y)]!
      bytes[y * (width + 1) + 1 + x] = at(x, y) - predicted
    }
  }
  return bytes
}

describe('decodeMaskPng()', () => {
  it('returns the grey values of a PNG written by libpng', async () => {
    for (const adaptiveFiltering of [true, false]) {
      const png = await disc().png({ adaptiveFiltering }).toBuffer()
      const { values, ...size } = await decodeMaskPng(png)
      expect(size).toEqual(SIZE)
      expect(Buffer.from(values).equals(Buffer.from(DISC))).toBe(true)
    }
  })

  it('reverses all five filters', async () => {
    const random = randomFrom(5)
    const noise = Uint8Array.from({ length: SIZE.width * SIZE.height }, () => random() * 256)
    for (const pixels of [DISC, noise]) {
      for (const typeOf of [0, 1, 2, 3, 4, undefined].map((type) => (y: number) => type ?? y % 5)) {
        const { values } = await decodeMaskPng(rawPng(SIZE, filterRows(pixels, SIZE, typeOf)))
        expect(Buffer.from(values).equals(Buffer.from(pixels))).toBe(true)
      }
    }
  })

  it.each([1, 2, 4])('spreads grey of %i bits over 0 to 255', async (bitDepth) => {
    const largest = 2 ** bitDepth - 1
    const samples = DISC.map((value) => Math.round((value / 255) * largest))
    const png = rawPng({ ...SIZE, bitDepth }, packScanlines(samples, SIZE, bitDepth))
    const { values } = await decodeMaskPng(png)
    expect([...values]).toEqual(Array.from(samples, (sample) => (sample * 255) / largest))
  })

  it.each([
    [
      'RGB',
      () => sharp(Buffer.from([...DISC].flatMap((v) => [v, v, v])), { raw: { ...SIZE, channels: 3 } }).png(),
    ],
    ['grey with alpha', () => disc().ensureAlpha().png()],
    ['a palette', () => disc().png({ palette: true, dither: 0 })],
    ['16 bits', () => disc().toColourspace('grey16').png()],
    ['interlaced rows', () => disc().png({ progressive: true })],
  ])('reads %s', async (_, encode) => {
    const { values, ...size } = await decodeMaskPng(await encode().toBuffer())
    expect(size).toEqual(SIZE)
    expect(Math.max(...DISC.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThanOrEqual(2)
  })

  it('reads pixels in several chunks between other chunks', async () => {
    const png = rawPng(
      SIZE,
      filterRows(DISC, SIZE, () => 4),
    )
    const data = deflateSync(filterRows(DISC, SIZE, () => 4))
    const parts = [data.subarray(0, 1), Buffer.alloc(0), data.subarray(1, 40), data.subarray(40)]
    const split = [
      png.subarray(0, 33),
      chunk('tEXt', Buffer.from('Title\0mask')),
      ...parts.map((part) => chunk('IDAT', part)),
      png.subarray(-12),
      Buffer.from('left over'),
    ]
    const { values } = await decodeMaskPng(Buffer.concat(split))
    expect(Buffer.from(values).equals(Buffer.from(DISC))).toBe(true)
  })

  it('ignores colour profiles', async () => {
    const red = { create: { ...SIZE, channels: 3, background: '#d03010' } } as const
    const png = await sharp(red).png().withIccProfile('p3').toBuffer()
    expect(chunkTypes(png)).toContain('iCCP')
    expect(await decodeMaskPng(png)).toEqual(await decodeMaskPng(pixelsAlone(readPng(png))))
  })

  it('does not load sharp for plain grey', async () => {
    const png = await disc().png().toBuffer()
    const script = `
      const { decodeMaskPng } = await import('./functions/src/masks/mask-png.ts')
      await decodeMaskPng(Buffer.from('${png.toString('base64')}', 'base64'))
      console.log(process.report.getReport().sharedObjects.filter((path) => path.includes('sharp')).length)`
    const counted = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(counted.trim()).toBe('0')
  })
})

describe('decodeMaskPng() on hostile bytes', () => {
  const good = rawPng(
    SIZE,
    filterRows(DISC, SIZE, (y) => y % 5),
  )
  const goodData = chunkData(good, 'IDAT')
  const withData = (data: Buffer) =>
    Buffer.concat([good.subarray(0, 33), chunk('IDAT', data), good.subarray(-12)])
  const rows = (width: number, height: number) => Buffer.alloc((width + 1) * height)
  const header = (...fields: number[]) => chunk('IHDR', Buffer.from([0, 0, 0, 61, 0, 0, 0, 37, ...fields]))
  const after = (first: Buffer) => Buffer.concat([PNG_SIGNATURE, first, good.subarray(33)])
  const damaged = (at: number) => {
    const bytes = Buffer.from(good)
    bytes[at]! ^= 0x10
    return bytes
  }

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not a picture')],
    ['the signature alone', PNG_SIGNATURE],
    ['a JPEG', Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')],
    ['no pixels', Buffer.concat([good.subarray(0, 33), good.subarray(-12)])],
    ['no end', good.subarray(0, good.length - 12)],
    ['a cut end', good.subarray(0, good.length - 40)],
    ['a wrong checksum of the header', damaged(20)],
    ['a wrong checksum of the pixels', damaged(60)],
    ['a wrong checksum of the end', damaged(good.length - 1)],
    ['no header', Buffer.concat([PNG_SIGNATURE, good.subarray(33)])],
    ['two headers', Buffer.concat([good.subarray(0, 33), good.subarray(8)])],
    ['a short header', after(chunk('IHDR', Buffer.alloc(12)))],
    ['an unknown bit depth', after(header(3, 0, 0, 0, 0))],
    ['an unknown colour type', after(header(8, 1, 0, 0, 0))],
    ['an unknown compression', after(header(8, 0, 1, 0, 0))],
    ['an unknown filter method', after(header(8, 0, 0, 1, 0))],
    ['an unknown interlacing', after(header(8, 0, 0, 0, 2))],
    ['an unknown filter', rawPng({ width: 2, height: 1 }, Buffer.from([5, 1, 2]))],
    ['no width', rawPng({ width: 0, height: 9 }, rows(0, 9))],
    ['no height', rawPng({ width: 9, height: 0 }, Buffer.alloc(0))],
    ['fewer pixels than its header says', rawPng({ width: 64, height: 64 }, rows(64, 63))],
    ['half a row less than its header says', rawPng({ width: 64, height: 64 }, rows(64, 64).subarray(32))],
    ['more pixels than its header says', rawPng({ width: 64, height: 64 }, rows(64, 65))],
    ['60000 x 60000 pixels without any data', rawPng({ width: 60_000, height: 60_000 }, Buffer.alloc(0))],
    ['a row of 4 million pixels', rawPng({ width: 2 ** 22, height: 1 }, rows(2 ** 22, 1))],
    ['2049 pixels in colour', rawPng({ width: 2049, height: 1, colourType: 2 }, Buffer.alloc(1 + 3 * 2049))],
    ['colour that is cut', rawPng({ width: 64, height: 64, colourType: 2 }, Buffer.alloc(99))],
    ['a palette that is missing', rawPng({ width: 8, height: 8, colourType: 3 }, rows(8, 8))],
    ['pixels that go on after their stream', withData(Buffer.concat([goodData, Buffer.from('more')]))],
    [
      'an unknown critical chunk',
      Buffer.concat([good.subarray(0, 33), chunk('NEWS', Buffer.from('x')), good.subarray(33)]),
    ],
    [
      'a chunk longer than 4 GB',
      Buffer.concat([good.subarray(0, 33), Buffer.from('ffffffff49444154', 'hex'), good]),
    ],
  ])('refuses %s', async (_, bytes) => {
    await expect(decodeMaskPng(bytes)).rejects.toMatchObject({
      name: 'VisionError',
      code: 'answer-unreadable',
    })
  })

  it('stops inflating at the size of the pixels', async () => {
    const bomb = rawPng({ width: 16, height: 16 }, Buffer.alloc(1e8))
    await expect(decodeMaskPng(bomb)).rejects.toMatchObject({
      code: 'answer-unreadable',
      cause: { cause: { code: 'ERR_BUFFER_TOO_LARGE' } },
    })
  })

  it('refuses a PNG cut at any byte', async () => {
    for (let length = 0; length < good.length; length++) {
      await expect(decodeMaskPng(good.subarray(0, length))).rejects.toMatchObject({
        code: 'answer-unreadable',
      })
    }
  })

  it('reads a mask of the maximum size', async () => {
    const { width, values } = await decodeMaskPng(rawPng({ width: 2048, height: 2048 }, rows(2048, 2048)))
    expect([width, values.length]).toEqual([2048, 2048 * 2048])
  })
})

describe('decodeMaskPng() and errors that the mask does not cause', () => {
  it('rethrows a programming error', async () => {
    await expect(decodeMaskPng('text' as never)).rejects.toThrow(TypeError)
  })

  it('rethrows the error if sharp cannot be loaded', async () => {
    const png = await disc().png({ palette: true, dither: 0 }).toBuffer()
    const script = `
      import { registerHooks } from 'node:module'
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier === 'sharp') throw new Error('no sharp for this machine')
          return next(specifier, context)
        },
      })
      const { decodeMaskPng } = await import('./functions/src/masks/mask-png.ts')
      await decodeMaskPng(Buffer.from('${png.toString('base64')}', 'base64')).catch(({ name, message }) =>
        console.log(name, message))`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(said.trim()).toBe('Error no sharp for this machine')
  })
})

describe('pixelsAlone()', () => {
  it.each([
    ['RGB', () => disc().toColourspace('srgb').png(), ['IHDR', 'IDAT', 'IEND']],
    ['a palette', () => disc().png({ palette: true, dither: 0 }), ['IHDR', 'PLTE', 'IDAT', 'IEND']],
    ['16 bits', () => disc().toColourspace('grey16').png(), ['IHDR', 'IDAT', 'IEND']],
    ['interlaced rows', () => disc().png({ progressive: true }), ['IHDR', 'IDAT', 'IEND']],
  ])('keeps the pixels of %s and no other chunk that libpng would inflate', async (_, encode, types) => {
    const png = await encode().toBuffer()
    const text = chunk(
      'zTXt',
      Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(1e6))]),
    )
    const profile = chunk(
      'iCCP',
      Buffer.concat([Buffer.from('a\0\0', 'latin1'), deflateSync(Buffer.alloc(1e6))]),
    )
    const alone = pixelsAlone(
      readPng(
        Buffer.concat([png.subarray(0, 33), text, profile, png.subarray(33), Buffer.from('left over')]),
      ),
    )
    expect(chunkTypes(alone)).toEqual(types)
    const pixels = (bytes: Buffer) => sharp(bytes).removeAlpha().raw().toBuffer()
    expect((await pixels(alone)).equals(await pixels(png))).toBe(true)
  })
})
