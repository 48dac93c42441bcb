import sharp from 'sharp'
import { type PictureCase, SUCCEEDS } from '../picture-case.ts'
import { flatPng } from './flat-png.ts'

const picture = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 96, height: 64, channels, background: { r: 200, g: 40, b: 60, alpha: 0.5 } } })

/** Images with other colours than three channels of one byte. */
export const colours: PictureCase[] = [
  taken('JPEG, CMYK with a profile', async () =>
    picture().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
  ),
  taken('JPEG, CMYK', async () => picture().toColourspace('cmyk').jpeg().toBuffer()),
  taken('JPEG, grey', async () => picture().greyscale().jpeg().toBuffer()),
  taken('JPEG with a profile', async () => picture().withIccProfile('p3').jpeg().toBuffer()),
  taken('JPEG with a profile that is none', async () => withJunkProfile(await picture().jpeg().toBuffer())),
  taken('PNG, RGB of 16 bits', async () => picture().toColourspace('rgb16').png().toBuffer()),
  taken('PNG, grey of 16 bits with alpha', () =>
    flatPng({ width: 96, height: 64, colourType: 4, bitDepth: 16 }),
  ),
  taken('PNG, grey of 1 bit', () => flatPng({ width: 96, height: 64, colourType: 0, bitDepth: 1 })),
  taken('PNG with a palette', async () => picture().png({ palette: true }).toBuffer()),
  taken('PNG, half transparent', async () => picture(4).png().toBuffer()),
  taken('WebP, half transparent', async () => picture(4).webp().toBuffer()),
  taken('WebP, half transparent, lossless', async () => picture(4).webp({ lossless: true }).toBuffer()),
]

function taken(name: string, make: PictureCase['make']): PictureCase {
  return { name, make, expected: SUCCEEDS }
}

function withJunkProfile(jpeg: Buffer): Buffer {
  const profile = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), Buffer.alloc(60_000, 0x5a)])
  const head = Buffer.from([0xff, 0xe2, 0, 0])
  head.writeUInt16BE(profile.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, profile, jpeg.subarray(2)])
}
