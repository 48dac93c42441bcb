import sharp from 'sharp'
import { chunk } from '../../support/png-chunks.ts'
import { type PictureCase, rejected, SUCCEEDS } from '../picture-case.ts'
import { flatPng } from './flat-png.ts'
import { flatWebp, riffChunk } from './flat-webp.ts'

/** Frames of 32 x 32 pixels, stacked vertically. */
function frames(count: number) {
  const frame = 32 * 32 * 3
  const pixels = Uint8Array.from({ length: frame * count }, (_, at) => Math.floor(at / frame) * 40)
  return sharp(pixels, { raw: { width: 32, height: 32 * count, channels: 3, pageHeight: 32 } })
}

/** Animated images. */
export const animations: PictureCase[] = [
  {
    name: 'animated GIF',
    make: async () => frames(4).gif().toBuffer(),
    expected: rejected('unsupported-type'),
  },
  { name: 'animated WebP', make: async () => frames(4).webp().toBuffer(), expected: SUCCEEDS },
  { name: 'animated PNG', make: () => animatedPng(2), expected: SUCCEEDS },
  { name: 'animated PNG of 100,000 frames', make: () => animatedPng(100_000), expected: SUCCEEDS },
  {
    name: 'animated WebP, 268 megapixels',
    make: () => animatedWebp(16_383, 16_383, 1),
    expected: rejected('too-many-pixels'),
    bomb: true,
  },
  {
    name: 'animated WebP, 50 megapixels',
    make: () => animatedWebp(7000, 7142, 1),
    expected: SUCCEEDS,
    heavy: true,
  },
  {
    name: 'animated WebP of 10,000 frames, 24 megapixels',
    make: () => animatedWebp(6000, 4000, 10_000),
    expected: SUCCEEDS,
    heavy: true,
  },
]

/** acTL, fcTL and fdAT: PNG specification, third edition, 11.3.6. https://www.w3.org/TR/png-3/, 2026-11. */
function animatedPng(count: number): Buffer {
  const control = Buffer.alloc(8)
  control.writeUInt32BE(count)
  const frame = Buffer.alloc(26)
  frame.writeUInt32BE(64, 4)
  frame.writeUInt32BE(64, 8)
  const still = flatPng({ width: 64, height: 64 }, [chunk('acTL', control), chunk('fcTL', frame)])
  const further = Array.from({ length: count - 1 }, (_, index) => {
    const numbered = Buffer.from(frame)
    numbered.writeUInt32BE(index * 2 + 1)
    return [chunk('fcTL', numbered), chunk('fdAT', Buffer.from([0, 0, 0, index % 256, 0x78, 0x9c]))]
  }).flat()
  return Buffer.concat([still.subarray(0, -12), ...further, still.subarray(-12)])
}

/** VP8X, ANIM and ANMF around lossless frames: RFC 9649, 2.7. */
function animatedWebp(width: number, height: number, count: number): Buffer {
  const size = Buffer.alloc(6)
  size.writeUIntLE(width - 1, 0, 3)
  size.writeUIntLE(height - 1, 3, 3)
  const picture = flatWebp(width, height).subarray(12)
  const frame = Buffer.concat([Buffer.alloc(6), size, Buffer.from([100, 0, 0, 0]), picture])
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    riffChunk('VP8X', Buffer.concat([Buffer.from([0x02, 0, 0, 0]), size])),
    riffChunk('ANIM', Buffer.alloc(6)),
    ...Array.from({ length: count }, () => riffChunk('ANMF', frame)),
  ])
  return riffChunk('RIFF', body)
}
