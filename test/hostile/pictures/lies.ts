import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { PNG_SIGNATURE } from '../../support/png-chunks.ts'
import { type PictureCase, rejected, SUCCEEDS } from '../picture-case.ts'
import { jpegWithoutPixels } from './flat-jpeg.ts'
import { iend, ihdr } from './flat-png.ts'
import { flatWebp } from './flat-webp.ts'
import { heifGrid, nestedHeifGrids } from './heif-grid.ts'

const CORRUPT = rejected('corrupt-image')
const TOO_MANY = rejected('too-many-pixels')
const UNSUPPORTED = rejected('unsupported-type')
const HEIC_OFF = rejected('heic-disabled')

/** Images with false headers. */
export const lies: PictureCase[] = [
  {
    name: 'JPEG without pixels, 7000 x 7000',
    make: () => jpegWithoutPixels({ width: 7000, height: 7000 }),
    expected: CORRUPT,
    bomb: true,
  },
  {
    name: 'JPEG without pixels, 65500 x 65500',
    make: () => jpegWithoutPixels({ width: 65_500, height: 65_500 }),
    expected: TOO_MANY,
    bomb: true,
  },
  {
    name: 'JPEG without a height',
    make: () => jpegWithoutPixels({ width: 700, height: 0 }),
    expected: CORRUPT,
  },
  {
    name: 'JPEG without a width',
    make: () => jpegWithoutPixels({ width: 0, height: 700 }),
    expected: CORRUPT,
  },
  {
    name: 'PNG without pixels, 7000 x 7000',
    make: () => Buffer.concat([PNG_SIGNATURE, ihdr({ width: 7000, height: 7000 }), iend]),
    expected: CORRUPT,
    bomb: true,
  },
  {
    name: 'PNG with a false height',
    make: async () => relabelledPng(64, 640),
    // The header does not match its checksum.
    expected: CORRUPT,
  },
  { name: 'PNG without a width', make: () => pngHeader(0, 100), expected: CORRUPT },
  { name: 'PNG with an invalid width', make: () => pngHeader(2 ** 32 - 1, 1), expected: CORRUPT },
  {
    name: 'WebP with a false length',
    make: () => {
      const webp = flatWebp(700, 700)
      webp.writeUInt32LE(0x7fffffff, 4)
      return webp
    },
    expected: CORRUPT,
  },
  heifLie('HEIC that says it is 65535 x 65535', 65_535, 65_535, TOO_MANY),
  heifLie('HEIC that says it is 7000 x 7000', 7000, 7000, CORRUPT),
  heifLie('HEIC that says it is 4 x 4', 4, 4, rejected('bad-dimensions')),
  {
    name: 'HEIC of 100 tiles, of which one is visible',
    make: () => heifGrid(10, 10, { width: 1200, height: 800 }),
    expected: HEIC_OFF,
    heic: { original: CORRUPT, decode: SUCCEEDS },
    heavy: true,
  },
  {
    name: 'HEIC of grids in grids, 47 megapixels each',
    make: () => {
      const size = { width: 8400, height: 5600 }
      const grids = Array.from({ length: 13 }, () => ({ rows: 2, columns: 1, size }))
      return nestedHeifGrids([...grids, { rows: 7, columns: 7, size }])
    },
    expected: HEIC_OFF,
    heic: { original: UNSUPPORTED, decode: TOO_MANY },
    heavy: true,
  },
  {
    name: 'HEIC of 42 tiles, 40 megapixels in 17 kB',
    make: () => heifGrid(6, 7, { width: 8400, height: 4800 }),
    expected: HEIC_OFF,
    heic: { original: SUCCEEDS, decode: SUCCEEDS },
    heavy: true,
  },
  {
    name: 'AVIF under the name of HEIF',
    make: async () => {
      const avif = await sharp({ create: { width: 5000, height: 5000, channels: 3, background: 'red' } })
        .avif({ effort: 0 })
        .toBuffer()
      // Its brands, all of them.
      const brands = avif.readUInt32BE(0)
      avif.fill('mif1', 8, brands)
      return avif
    },
    expected: HEIC_OFF,
    heic: { original: UNSUPPORTED, decode: CORRUPT },
    heavy: true,
  },
]

function pngHeader(width: number, height: number): Buffer {
  return Buffer.concat([PNG_SIGNATURE, ihdr({ width, height }), iend])
}

async function relabelledPng(width: number, height: number): Promise<Buffer> {
  const png = await sharp({ create: { width, height: 64, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  png.writeUInt32BE(height, 20)
  return png
}

/** `ispe`: ISO/IEC 23008-12, 6.5.3. */
function heifLie(name: string, width: number, height: number, decode: PictureCase['expected']): PictureCase {
  const make = () => {
    const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))
    for (let at = heic.indexOf('ispe'); at !== -1; at = heic.indexOf('ispe', at + 1)) {
      heic.writeUInt32BE(width, at + 8)
      heic.writeUInt32BE(height, at + 12)
    }
    return heic
  }
  return { name, make, expected: HEIC_OFF, heic: { original: decode, decode } }
}
