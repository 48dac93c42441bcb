import { curv, profileOf, rgbTags, SRGB } from '../../support/colour-profiles.ts'

/**
 * A profile whose colours pass through this many steps: `multiProcessElementsType`, ICC.1:2022, 10.16. Little
 * CMS (2.19) takes every one of them for each of the 33 x 33 x 33 colours that it makes a table of.
 */
export function slowProfile(steps: number): Buffer {
  // All entries of the table refer to the same two elements.
  const table = Array.from({ length: steps }, (_, i) =>
    i % 2
      ? words(TABLE_START + steps * 8 + MATRIX.length, CURVES.length)
      : words(TABLE_START + steps * 8, MATRIX.length),
  )
  const elements = Buffer.concat([
    Buffer.from('mpet\0\0\0\0\0\x03\0\x03', 'latin1'),
    words(steps),
    ...table,
    MATRIX,
    CURVES,
  ])
  return profileOf({ ...rgbTags(SRGB, curv(2.2)), D2B0: elements, D2B1: elements })
}

const TABLE_START = 16

/** 10.16.4: nine factors and three offsets, which nearly change nothing: what does is left out. */
const MATRIX = Buffer.concat([
  Buffer.from('matf\0\0\0\0\0\x03\0\x03', 'latin1'),
  floats(0.99, 0.005, 0.005, 0.005, 0.99, 0.005, 0.005, 0.005, 0.99, 0.001, 0, 0),
])

/** 10.16.2: one curve for all three channels, of one segment, x to the power of 1.01. */
const CURVE = Buffer.concat([
  Buffer.from('curf\0\0\0\0\0\x01\0\0parf\0\0\0\0\0\0\0\0', 'latin1'),
  floats(1.01, 1, 0, 0),
])
const CURVES = Buffer.concat([
  Buffer.from('cvst\0\0\0\0\0\x03\0\x03', 'latin1'),
  ...Array.from({ length: 3 }, () => words(36, CURVE.length)),
  CURVE,
])

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4))
  return bytes
}

function floats(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeFloatBE(value, index * 4))
  return bytes
}
