/**
 * A whole lossless WebP of one colour: each of its five codes has one symbol, which takes no bit, so that no size takes more than some
 * thirty bytes. RFC 9649, 2.6 and 3.
 */
export function flatWebp(width: number, height: number): Buffer {
  const bits: number[] = []
  const put = (value: number, count: number) => {
    for (let bit = 0; bit < count; bit++) bits.push((value >> bit) & 1)
  }
  put(0x2f, 8)
  put(width - 1, 14)
  put(height - 1, 14)
  // No alpha, version 0; no transform, no colour cache, one group of codes.
  put(0, 1 + 3 + 1 + 1 + 1)
  for (let code = 0; code < 5; code++) {
    // A simple code of one symbol of one bit: 0.
    put(1, 1)
    put(0, 3)
  }
  const data = Buffer.alloc(Math.ceil(bits.length / 16) * 2)
  bits.forEach((bit, at) => (data[at >> 3]! |= bit << (at & 7)))
  return riff(Buffer.from('VP8L'), data)
}

function riff(name: Buffer, data: Buffer): Buffer {
  const sizes = [4 + 8 + data.length, data.length].map((size) => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(size)
    return bytes
  })
  return Buffer.concat([Buffer.from('RIFF'), sizes[0]!, Buffer.from('WEBP'), name, sizes[1]!, data])
}
