import sharp from 'sharp'
import { jpegWithProfile, pngWithProfile } from '../../support/colour-profiles.ts'
import { chunk } from '../../support/png-chunks.ts'
import { type PictureCase, SUCCEEDS } from '../picture-case.ts'
import { deflatedZeros } from './deflate-bomb.ts'
import { segment } from './flat-jpeg.ts'
import { flatPng } from './flat-png.ts'
import { slowProfile } from './slow-profile.ts'

const square = () => sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
const SIZE = { width: 64, height: 64 }
const named = (name: string, rest: Buffer) => Buffer.concat([Buffer.from(`${name}\0\0`, 'latin1'), rest])

/** Images with large or private metadata. */
export const metadata: PictureCase[] = [
  taken('PNG with a profile of a gigabyte', () =>
    flatPng(SIZE, [chunk('iCCP', named('profile', deflatedZeros(2 ** 30)))]),
  ),
  taken('PNG with a text of a gigabyte', () =>
    flatPng(SIZE, [chunk('zTXt', named('text', deflatedZeros(2 ** 30)))]),
  ),
  taken('PNG with an international text of a gigabyte', () =>
    flatPng(SIZE, [
      chunk('iTXt', Buffer.concat([Buffer.from('text\0\x01\0\0\0', 'latin1'), deflatedZeros(2 ** 30)])),
    ]),
  ),
  taken('PNG with 200,000 texts', () => {
    const text = chunk('tEXt', Buffer.from('a\0b', 'latin1'))
    return flatPng(
      SIZE,
      Array.from({ length: 200_000 }, () => text),
    )
  }),
  taken('PNG in 500,000 pieces', () => {
    const whole = flatPng(SIZE)
    const start = whole.indexOf('IDAT') - 4
    const empty = Array.from({ length: 500_000 }, () => chunk('IDAT', Buffer.alloc(0)))
    return Buffer.concat([whole.subarray(0, start), ...empty, whole.subarray(start)])
  }),
  taken('PNG with EXIF of 10 MB', () => flatPng(SIZE, [chunk('eXIf', Buffer.alloc(10_000_000, 0x4d))])),
  taken('JPEG with 300 APP1, 19 MB', async () => {
    const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), Buffer.alloc(65_000)]))
    return inserted(await square().jpeg().toBuffer(), ...Array.from({ length: 300 }, () => exif))
  }),
  taken('JPEG with 20 MB of comments', async () => {
    const comment = segment(0xfe, Buffer.alloc(65_533, 'comment '))
    return inserted(await square().jpeg().toBuffer(), ...Array.from({ length: 310 }, () => comment))
  }),
  taken('PNG with a profile of 100,000 steps', () =>
    pngWithProfile(flatPng({ width: 640, height: 480 }), slowProfile(100_000)),
  ),
  taken('JPEG with a profile of 3,000 steps', async () =>
    jpegWithProfile(await square().jpeg().toBuffer(), slowProfile(3000)),
  ),
  taken('JPEG with 255 pieces of a profile', async () => {
    const pieces = Array.from({ length: 255 }, (_, index) =>
      segment(
        0xe2,
        Buffer.concat([
          Buffer.from('ICC_PROFILE\0'),
          Buffer.from([index + 1, 255]),
          Buffer.alloc(65_000, index),
        ]),
      ),
    )
    return inserted(await square().jpeg().toBuffer(), ...pieces)
  }),
  {
    ...taken('JPEG that says where it was taken', async () =>
      square()
        .jpeg()
        .withExif({
          IFD0: { ImageDescription: 'HOME-OF-ALICE', Artist: 'ALICE-LIDDELL' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 45/1 7/1', GPSMapDatum: 'WGS-84-OF-ALICE' },
        })
        .toBuffer(),
    ),
    secrets: ['HOME-OF-ALICE', 'ALICE-LIDDELL', 'WGS-84-OF-ALICE', 'GPS'],
  },
  {
    ...taken('JPEG with XMP', async () =>
      square().jpeg().withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta>').toBuffer(),
    ),
    secrets: ['SECRET-XMP'],
  },
  {
    ...taken('WebP with EXIF', async () =>
      square()
        .webp()
        .withExif({ IFD0: { ImageDescription: 'HOME-OF-ALICE' } })
        .toBuffer(),
    ),
    secrets: ['HOME-OF-ALICE'],
  },
  ...[0, 9, 65_535].map((orientation) =>
    taken(`JPEG with orientation ${orientation}`, async () =>
      inserted(await square().jpeg().toBuffer(), orientationSegment(orientation)),
    ),
  ),
  taken('JPEG with EXIF that is none', async () =>
    inserted(
      await square().jpeg().toBuffer(),
      segment(0xe1, Buffer.from('Exif\0\0II*\0\xff\xff\xff\xff', 'latin1')),
    ),
  ),
  taken('JPEG with EXIF that leads in a circle', async () =>
    inserted(await square().jpeg().toBuffer(), circularExif()),
  ),
]

function taken(name: string, make: PictureCase['make']): PictureCase {
  return { name, make, expected: SUCCEEDS }
}

/** After the marker that begins a JPEG. */
function inserted(jpeg: Buffer, ...segments: Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)])
}

/** One entry: the tag 0x0112 as a 16-bit number. EXIF 3.0, 4.6.2. */
function orientationSegment(value: number): Buffer {
  const tiff = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0', 'latin1')
  tiff.writeUInt16LE(value, 18)
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]))
}

/** A directory without entries that refers to itself as the next one. */
function circularExif(): Buffer {
  return segment(0xe1, Buffer.from('Exif\0\0II*\0\x08\0\0\0\0\0\x08\0\0\0', 'latin1'))
}
