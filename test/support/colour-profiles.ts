import { crc32, deflateSync } from 'node:zlib'

/** Tags of an ICC profile by their names of four letters. ICC.1:2022. */
export type Tags = Record<string, Buffer>

/** Primaries adapted to D50: red, green, blue. */
type Primaries = [number[], number[], number[]]

export const SRGB: Primaries = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
]
export const P3: Primaries = [
  [0.51512, 0.2412, -0.00105],
  [0.29198, 0.69225, 0.04189],
  [0.1571, 0.06657, 0.78407],
]
export const ADOBE_RGB: Primaries = [
  [0.60974, 0.31111, 0.01947],
  [0.20528, 0.62567, 0.06087],
  [0.14919, 0.06322, 0.74457],
]

/** A profile of a screen: header (7.2), tag table (7.3), tags. */
export function profileOf(tags: Tags, { version = 4, deviceClass = 'mntr', space = 'RGB ' } = {}): Buffer {
  const header = Buffer.alloc(128)
  header[8] = version
  header.write(`${deviceClass}${space}XYZ `, 12, 'latin1')
  header.write('acsp', 36, 'latin1')
  xyz(0.9642, 1, 0.8249).copy(header, 68, 8)
  const names = Object.keys(tags)
  const table = Buffer.alloc(4 + names.length * 12)
  table.writeUInt32BE(names.length)
  let offset = header.length + table.length
  names.forEach((name, i) => {
    table.write(name, 4 + i * 12, 'latin1')
    table.writeUInt32BE(offset, 8 + i * 12)
    table.writeUInt32BE(tags[name]!.length, 12 + i * 12)
    offset += tags[name]!.length
  })
  header.writeUInt32BE(offset)
  return Buffer.concat([header, table, ...Object.values(tags)])
}

/** The nine tags that every profile of three curves and a matrix must have. */
export function rgbTags([red, green, blue]: Primaries, curve: Buffer): Tags {
  const text = Buffer.from('mluc\0\0\0\0\0\0\0\u0001\0\0\0\u000cenUS\0\0\0\u0004\0\0\0\u001c\0t\0e', 'latin1')
  return {
    desc: text,
    cprt: text,
    wtpt: xyz(0.9642, 1, 0.8249),
    rXYZ: xyz(...red),
    gXYZ: xyz(...green),
    bXYZ: xyz(...blue),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
  }
}

export function xyz(...values: number[]): Buffer {
  return Buffer.concat([Buffer.from('XYZ \0\0\0\0'), ...values.map(fixed)])
}

/** One value is a gamma, none a straight line, more a table of 0 to 65535. 10.6. */
export function curv(...values: number[]): Buffer {
  const tag = Buffer.alloc(12 + Math.ceil(values.length / 2) * 4)
  tag.write('curv')
  tag.writeUInt32BE(values.length, 8)
  values.forEach((value, i) =>
    tag.writeUInt16BE(Math.round(values.length === 1 ? value * 256 : value), 12 + i * 2),
  )
  return tag
}

/** 10.18. */
export function para(type: number, ...parameters: number[]): Buffer {
  return Buffer.concat([
    Buffer.from(`para\0\0\0\0\0${String.fromCharCode(type)}\0\0`),
    ...parameters.map(fixed),
  ])
}

export const SRGB_CURVE = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)

/**
 * The PNG with a profile that says what its numbers mean; the numbers stay. PNG specification, 11.3.2.3,
 * iCCP.
 */
export function pngWithProfile(png: Buffer, icc: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPof a test\0\0', 'latin1'), deflateSync(icc)])
  const chunk = Buffer.alloc(body.length + 8)
  chunk.writeUInt32BE(body.length - 4)
  body.copy(chunk, 4)
  chunk.writeUInt32BE(crc32(body), body.length + 4)
  const afterHeader = 8 + 25
  return Buffer.concat([png.subarray(0, afterHeader), chunk, png.subarray(afterHeader)])
}

/** The JPEG with a profile in an APP2 segment of its own. ICC.1:2022, B.4. */
export function jpegWithProfile(jpeg: Buffer, icc: Buffer): Buffer {
  const segment = Buffer.concat([Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\u0001\u0001', 'latin1'), icc])
  segment.writeUInt16BE(segment.length - 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)])
}

function fixed(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(Math.round(value * 65536))
  return bytes
}
