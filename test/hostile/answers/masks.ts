import sharp from 'sharp'
import type { Annotation } from '../../../functions/src/document/annotation.ts'
import { chunk, PNG_SIGNATURE } from '../../support/png-chunks.ts'
import { type AnswerCase, located, unless } from '../answer-case.ts'
import { deflatedZeros } from '../pictures/deflate-bomb.ts'
import { flatPng, iend, ihdr } from '../pictures/flat-png.ts'

const BOX = [250, 250, 750, 750]
const GREY = { colourType: 0, bitDepth: 8 }
const base64 = (png: Buffer) => `data:image/png;base64,${png.toString('base64')}`
const cup = (mask: unknown, label = 'cup') => ({ box_2d: BOX, label, mask })

/** One object whose mask is dropped for this reason. */
function lost(name: string, mask: unknown, reason: string): AnswerCase {
  return located(`a mask ${name}`, [cup(mask)], {
    objects: 1,
    dropped: { [reason]: 1 },
    check: ({ objects }) => unless(objects?.[0]?.mask === null, 'the object has a mask'),
  })
}

function kept(name: string, mask: unknown): AnswerCase {
  return located(`a mask ${name}`, [cup(mask)], {
    objects: 1,
    dropped: {},
    check: ({ objects }) => unless((objects?.[0]?.mask?.areaPixels ?? 0) > 0, 'the object has no mask'),
  })
}

const pngOf = (header: Buffer, pixels: Buffer, before: Buffer[] = []) =>
  Buffer.concat([PNG_SIGNATURE, header, ...before, chunk('IDAT', pixels), iend])

const white = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'white' } })
const [grey, colour, deep, palette] = await Promise.all([
  white(64, 64).greyscale().png().toBuffer(),
  white(64, 64).png().toBuffer(),
  white(64, 64).toColourspace('rgb16').png().toBuffer(),
  white(64, 64).png({ palette: true }).toBuffer(),
])
const stripes = await sharp(
  Uint8Array.from({ length: 2048 * 2048 }, (_, at) => (at & 1) * 255),
  { raw: { width: 2048, height: 2048, channels: 1 } },
)
  .png()
  .toBuffer()

/** Points that each cross the whole box. */
const zigzag = Array.from({ length: 2000 }, (_, index) => [250 + index / 4, index % 2 ? 250 : 750])

/** Masks that are bombs, other files, or invalid. */
export const masks: AnswerCase[] = [
  lost(
    'of 30,000 x 30,000 pixels',
    base64(flatPng({ width: 30_000, height: 30_000, ...GREY })),
    'mask-unreadable',
  ),
  lost(
    'with 900 MB of extra pixels',
    base64(pngOf(ihdr({ width: 16, height: 16, ...GREY }), deflatedZeros(900_000_000))),
    'mask-unreadable',
  ),
  lost(
    'of 10 MB',
    base64(pngOf(ihdr({ width: 2048, height: 2048, ...GREY }), Buffer.alloc(10_000_000, 'noise'))),
    'mask-too-large',
  ),
  kept('with 10 MB after its end', base64(Buffer.concat([grey, Buffer.alloc(10_000_000, 1)]))),
  kept('of colours, with a text of 500 MB', base64(withText(colour))),
  lost(
    'that is SVG',
    `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`,
    'mask-unreadable',
  ),
  lost('that is SVG in plain', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'mask-unreadable'),
  lost('that is a GIF', 'data:image/gif;base64,R0lGODlhAQABAAAAACw=', 'mask-unreadable'),
  lost('that is an address', 'https://example.com/mask.png', 'mask-unreadable'),
  lost('that is a file', 'file:///etc/passwd', 'mask-unreadable'),
  lost('with a PNG header only', 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAAAAAAA', 'mask-unreadable'),
  lost('that is cut', base64(grey).slice(0, -40), 'mask-unreadable'),
  lost('with a wrong checksum', base64(broken(grey)), 'mask-unreadable'),
  lost('of no pixel', base64(flatPng({ width: 64, height: 64, ...GREY })), 'mask-empty'),
  kept('of stripes a pixel wide', base64(stripes)),
  kept('that crosses its box two thousand times', zigzag),
  lost(
    'outside the box',
    [
      [0, 0],
      [100, 0],
      [100, 100],
    ],
    'mask-outside-box',
  ),
  lost(
    'of two points',
    [
      [250, 250],
      [750, 750],
    ],
    'mask-unreadable',
  ),
  lost(
    'of null points',
    [
      [null, null],
      [null, 1],
      [2, null],
    ],
    'mask-unreadable',
  ),
  lost(
    'of 100,000 points',
    Array.from({ length: 100_000 }, (_, i) => [i % 1000, i % 997]),
    'mask-unreadable',
  ),
  lost('that is a number', 42, 'mask-unreadable'),
  lost('that is compressed otherwise', { counts: 'Wkl1', size: [480, 640] }, 'mask-unreadable'),
  kept('within an object', { mask: boxOutline() }),
  lost('that is a tree', { a: [{ b: [[{ c: 1 }]] }] }, 'mask-unreadable'),
  kept('of another size than its box', base64(await white(3, 200).greyscale().png().toBuffer())),
  kept('of colours', base64(colour)),
  kept('of 16 bits', base64(deep)),
  kept('with a palette', base64(palette)),
  kept('of numbers as text', boxOutline()),
  located(
    'a hundred masks of 2048 x 2048 pixels',
    Array.from({ length: 100 }, (_, i) => ({
      box_2d: [i, i, i + 500, i + 500],
      label: `thing ${i}`,
      mask: base64(flatPng({ width: 2048, height: 2048, ...GREY })),
    })),
    { objects: 100, heavy: true, check: tooComplex },
  ),
  located(
    'a hundred masks of stripes',
    Array.from({ length: 100 }, (_, i) => ({
      box_2d: [i, i, i + 500, i + 500],
      label: `thing ${i}`,
      mask: zigzag,
    })),
    { objects: 100, heavy: true, check: tooComplex },
  ),
]

/** Together they exceed the budget of one photo. */
function tooComplex({ dropped }: Annotation): string[] {
  return unless(
    (dropped?.reasons['mask-too-complex'] ?? 0) > 0,
    `it dropped ${JSON.stringify(dropped?.reasons)}`,
  )
}

function boxOutline(): string {
  return '[[250,250],[750,250],[750,750],[250,750]]'
}

function withText(png: Buffer): Buffer {
  const text = chunk('zTXt', Buffer.concat([Buffer.from('text\0\0', 'latin1'), deflatedZeros(500_000_000)]))
  return Buffer.concat([png.subarray(0, 33), text, png.subarray(33)])
}

function broken(png: Buffer): Buffer {
  const bytes = Buffer.from(png)
  bytes[40]! ^= 0xff
  return bytes
}
