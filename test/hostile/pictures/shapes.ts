import { type PictureCase, rejected, SUCCEEDS } from '../picture-case.ts'
import { flatJpeg } from './flat-jpeg.ts'
import { flatPng } from './flat-png.ts'
import { flatWebp } from './flat-webp.ts'

const BAD = rejected('bad-dimensions')

const makers = {
  JPEG: (width: number, height: number) => flatJpeg({ width, height }),
  PNG: (width: number, height: number) => flatPng({ width, height }),
  WebP: flatWebp,
}

const refused = (
  [
    [1, 1],
    [15, 15],
    [16, 15],
    [16_383, 1],
    [1, 16_383],
    [16, 801],
    [16_383, 327],
  ] as const
).flatMap(([width, height]) =>
  Object.entries(makers).map(
    ([format, make]): PictureCase => ({
      name: `${format} of ${width} x ${height}`,
      make: () => make(width, height),
      expected: BAD,
    }),
  ),
)

const taken = (
  [
    [16, 16],
    [16, 800],
    [16_000, 320],
  ] as const
).flatMap(([width, height]) =>
  Object.entries(makers).map(
    ([format, make]): PictureCase => ({
      name: `${format} of ${width} x ${height}`,
      make: () => make(width, height),
      expected: SUCCEEDS,
    }),
  ),
)

/** Images at and beyond the limits of size and aspect ratio. */
export const shapes: PictureCase[] = [
  ...refused,
  ...taken,
  { name: 'JPEG of 65500 x 1', make: () => flatJpeg({ width: 65_500, height: 1 }), expected: BAD },
  { name: 'JPEG of 1 x 65500', make: () => flatJpeg({ width: 1, height: 65_500 }), expected: BAD },
]
