import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { type PictureCase, rejected } from '../picture-case.ts'

const CORRUPT = rejected('corrupt-image')
const UNSUPPORTED = rejected('unsupported-type')

/** With noise, so that it has as much data as a photo. */
const picture = () =>
  sharp({
    create: {
      width: 400,
      height: 300,
      channels: 3,
      background: 'black',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })

const ENCODERS = {
  JPEG: async () => picture().jpeg().toBuffer(),
  'progressive JPEG': async () => picture().jpeg({ progressive: true }).toBuffer(),
  PNG: async () => picture().png().toBuffer(),
  'Adam7 PNG': async () => picture().png({ progressive: true }).toBuffer(),
  WebP: async () => picture().webp().toBuffer(),
  'lossless WebP': async () => picture().webp({ lossless: true }).toBuffer(),
}
const MAGIC = {
  JPEG: Buffer.from([0xff, 0xd8, 0xff]),
  PNG: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  WebP: Buffer.from('RIFF\0\0\0\0WEBP', 'latin1'),
}
const SHARES = [0.02, 0.1, 0.5, 0.9, 0.99]

const cut = Object.entries(ENCODERS).flatMap(([format, encode]) =>
  SHARES.map(
    (share): PictureCase => ({
      name: `${format} cut after ${share * 100} %`,
      make: async () => {
        const whole = await encode()
        return whole.subarray(0, Math.floor(whole.length * share))
      },
      expected: CORRUPT,
    }),
  ),
)

/** Only PNG has checksums: in other formats, zeros may be pixels. */
const zeroed = (['PNG', 'Adam7 PNG'] as const).map(
  (format): PictureCase => ({
    name: `${format} whose second half is zeros`,
    make: async () => {
      const bytes = await ENCODERS[format]()
      return bytes.fill(0, bytes.length >> 1)
    },
    expected: CORRUPT,
  }),
)

const heicCut = SHARES.map(
  (share): PictureCase => ({
    name: `HEIC cut after ${share * 100} %`,
    make: () => {
      const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))
      return heic.subarray(0, Math.floor(heic.length * share))
    },
    expected: rejected('heic-disabled'),
    heic: { original: CORRUPT, decode: CORRUPT },
  }),
)

/** Truncated files. */
export const damaged: PictureCase[] = [
  { name: 'no bytes', make: () => Buffer.alloc(0), expected: rejected('empty-file') },
  { name: 'one byte', make: () => Buffer.from([0xff]), expected: UNSUPPORTED },
  { name: '20 MiB of zeros', make: () => Buffer.alloc(20 * 2 ** 20), expected: UNSUPPORTED, bomb: true },
  {
    name: '20 MiB and one byte',
    make: () => Buffer.alloc(20 * 2 ** 20 + 1, 0xff),
    expected: rejected('file-too-large'),
    bomb: true,
  },
  {
    name: '20 MiB of markers after the start of a JPEG',
    make: () => Buffer.concat([MAGIC.JPEG, Buffer.alloc(20 * 2 ** 20 - 3, 0xff)]),
    expected: CORRUPT,
  },
  {
    name: '20 MiB of empty chunks after the start of a PNG',
    make: () => Buffer.concat([MAGIC.PNG, Buffer.alloc(20 * 2 ** 20 - 8)]),
    expected: CORRUPT,
  },
  ...Object.entries(MAGIC).map(
    ([format, make]): PictureCase => ({
      name: `the first bytes of ${format}, and no more`,
      make: () => make,
      expected: CORRUPT,
    }),
  ),
  {
    name: 'only the first bytes of HEIC',
    make: () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
    expected: rejected('heic-disabled'),
    heic: { original: UNSUPPORTED, decode: CORRUPT },
  },
  ...cut,
  ...zeroed,
  ...heicCut,
]
