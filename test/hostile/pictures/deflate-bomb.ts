import { constants, deflateRawSync } from 'node:zlib'

const PIECE_BYTES = 2 ** 20
/** RFC 1950, 8.2: the modulus of Adler-32. */
const ADLER_MODULUS = 65521

/**
 * A zlib stream that inflates to this many zeros, at a thousandth of the size. It is built from one repeated
 * piece, to save memory.
 */
export function deflatedZeros(count: number): Buffer {
  const whole = Math.floor(count / PIECE_BYTES)
  const piece = deflateRawSync(Buffer.alloc(PIECE_BYTES), { finishFlush: constants.Z_FULL_FLUSH })
  const checksum = Buffer.alloc(4)
  // For zeros, the first sum stays 1, and the second one counts them.
  checksum.writeUInt32BE((count % ADLER_MODULUS) * 65536 + 1)
  return Buffer.concat([
    Buffer.from([0x78, 0x9c]),
    ...Array.from({ length: whole }, () => piece),
    deflateRawSync(Buffer.alloc(count % PIECE_BYTES)),
    checksum,
  ])
}
