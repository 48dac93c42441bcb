import { crc32, deflateSync } from 'node:zlib'

/* Values for answers made by the tests. docs/answers.md describes the real answers. */

/**
 * A PNG mask of 16 x 16 pixels, white in the middle. Its base64 has no padding, so that text can follow
 * directly.
 */
export const PNG_TEXT = `data:image/png;base64,${greyPng(16, 16, (x, y) => (x > 3 && x < 12 && y > 3 && y < 12 ? 255 : 0)).toString('base64')}`

/** The outline of the box [100, 200, 300, 400], x first. */
export const SQUARE: [number, number][] = [
  [200, 100],
  [400, 100],
  [400, 300],
  [200, 300],
]

/** An 8-bit greyscale PNG with a text chunk that makes base64 padding unnecessary. */
export function greyPng(width: number, height: number, value: (x: number, y: number) => number): Buffer {
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = value(x, y)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const data = deflateSync(rows)
  const padding = Buffer.alloc(2 + ((3 - ((8 + 25 + 12 + data.length + 12 + 14) % 3)) % 3), 'x')
  padding[1] = 0
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('tEXt', padding),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data, Buffer.alloc(4)])
  bytes.writeUInt32BE(data.length, 0)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}
