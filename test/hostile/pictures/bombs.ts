import sharp from 'sharp'
import { chunk } from '../../support/png-chunks.ts'
import { type PictureCase, rejected, SUCCEEDS } from '../picture-case.ts'
import { deflatedZeros } from './deflate-bomb.ts'
import { flatJpeg } from './flat-jpeg.ts'
import { flatPng } from './flat-png.ts'
import { flatWebp, tiledAlphaWebp, tiledWebp } from './flat-webp.ts'

const TOO_MANY = rejected('too-many-pixels')
/** The largest allowed image: just under 50 megapixels. */
const LARGEST = { width: 7000, height: 7142 }

const refused = (name: string, make: PictureCase['make']): PictureCase => ({
  name,
  make,
  expected: TOO_MANY,
  bomb: true,
})
const allowed = (name: string, make: PictureCase['make']): PictureCase => ({
  name,
  make,
  expected: SUCCEEDS,
  heavy: true,
})

/** Few bytes that describe many pixels. */
export const bombs: PictureCase[] = [
  refused('JPEG, 256 megapixels, progressive', () =>
    flatJpeg({ width: 16_000, height: 16_000, progressive: true }),
  ),
  refused('JPEG, 256 megapixels, baseline', () => flatJpeg({ width: 16_000, height: 16_000 })),
  refused('PNG, 256 megapixels, RGBA of 16 bits', () =>
    flatPng({ width: 16_000, height: 16_000, colourType: 6, bitDepth: 16 }),
  ),
  refused('PNG, 900 megapixels', () => flatPng({ width: 30_000, height: 30_000, colourType: 0 })),
  refused('PNG, 3600 megapixels, 1 bit', () =>
    flatPng({ width: 60_000, height: 60_000, colourType: 0, bitDepth: 1 }),
  ),
  {
    name: 'PNG, 2^31 - 1 pixels wide',
    make: () => flatPng({ width: 2 ** 31 - 1, height: 16, colourType: 0, bitDepth: 1 }),
    // More than libpng accepts.
    expected: rejected('corrupt-image'),
    bomb: true,
  },
  refused('WebP, 268 megapixels in 28 bytes', () => flatWebp(16_383, 16_383)),
  refused('50 megapixels and a row, JPEG', () => flatJpeg({ width: 7000, height: 7143 })),
  refused('50 megapixels and a row, PNG', () => flatPng({ width: 7000, height: 7143, colourType: 0 })),
  refused('50 megapixels and one pixel, WebP', () => flatWebp(16_367, 3055)),
  allowed('JPEG, 50 megapixels, baseline', () => flatJpeg(LARGEST)),
  allowed('JPEG, 50 megapixels, CMYK', () => flatJpeg({ ...LARGEST, components: 4 })),
  allowed('JPEG, 37 megapixels, progressive, all colours at full resolution', () =>
    flatJpeg({ width: 6080, height: 6080, progressive: true }),
  ),
  allowed('JPEG, 50 megapixels, progressive, grey', () =>
    flatJpeg({ ...LARGEST, progressive: true, components: 1 }),
  ),
  allowed('PNG, 50 megapixels, Adam7', () => flatPng({ ...LARGEST, interlaced: true })),
  allowed('PNG, 50 megapixels, Adam7, RGBA', () => flatPng({ ...LARGEST, interlaced: true, colourType: 6 })),
  allowed('PNG, 50 megapixels, RGBA of 16 bits', () => flatPng({ ...LARGEST, colourType: 6, bitDepth: 16 })),
  allowed('PNG, 50 megapixels, 1 bit', () => flatPng({ ...LARGEST, colourType: 0, bitDepth: 1 })),
  allowed('WebP, 50 megapixels in 28 bytes', () => flatWebp(LARGEST.width, LARGEST.height)),
  // Decoders keep all of them in memory, with more bytes per pixel than usual.
  refused('JPEG, 50 megapixels, progressive, all colours at full resolution', () =>
    flatJpeg({ ...LARGEST, progressive: true }),
  ),
  refused('JPEG, 50 megapixels, progressive, CMYK', () =>
    flatJpeg({ ...LARGEST, progressive: true, components: 4 }),
  ),
  refused('PNG, 50 megapixels, Adam7, RGBA of 16 bits', () =>
    flatPng({ ...LARGEST, interlaced: true, colourType: 6, bitDepth: 16 }),
  ),
  {
    name: 'JPEG of 90 scans, 37 megapixels',
    make: () => flatJpeg({ width: 6080, height: 6080, progressive: true, scans: 89 }),
    expected: SUCCEEDS,
    heavy: true,
  },
  {
    name: 'JPEG of 300 scans',
    make: () => flatJpeg({ width: 700, height: 700, progressive: true, scans: 300 }),
    expected: rejected('corrupt-image'),
    bomb: true,
  },
  {
    name: 'JPEG of 20,000 scans, 37 megapixels',
    make: () => flatJpeg({ width: 6080, height: 6080, progressive: true, scans: 20_000 }),
    expected: rejected('corrupt-image'),
    bomb: true,
  },
  {
    name: 'WebP of 65,536 tiles with their own codes, 1 megapixel',
    make: tiledWebp,
    expected: rejected('corrupt-image'),
    bomb: true,
  },
  {
    name: 'WebP whose alpha has 65,536 tiles with their own codes',
    make: async () =>
      tiledAlphaWebp(
        await sharp({ create: { width: 1024, height: 1024, channels: 3, background: 'teal' } })
          .webp()
          .toBuffer(),
      ),
    expected: rejected('corrupt-image'),
    bomb: true,
  },
  {
    name: 'PNG with a gigabyte of extra pixels',
    make: () => withPixels({ width: 64, height: 64 }, 2 ** 30),
    // libpng warns about extra bytes, and ignores them.
    expected: SUCCEEDS,
  },
  {
    name: 'PNG whose pixels end after a row',
    make: () => withPixels({ width: 64, height: 64 }, 193),
    expected: rejected('corrupt-image'),
  },
]

function withPixels(header: { width: number; height: number }, bytes: number): Buffer {
  const whole = flatPng(header)
  const start = whole.indexOf('IDAT') - 4
  return Buffer.concat([whole.subarray(0, start), chunk('IDAT', deflatedZeros(bytes)), whole.subarray(-12)])
}
