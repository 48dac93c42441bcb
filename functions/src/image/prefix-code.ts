import type { BitReader } from './bit-reader.ts'

const MAX_LENGTH = 15
/** The order in which lengths of the code for lengths are told. RFC 9649, 3.7.2.1.2. */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
/** How often a length is repeated, by its symbol: at least so many times, and bits that tell how many more. */
const REPEATS: Record<number, { least: number; bits: number }> = {
  16: { least: 3, bits: 2 },
  17: { least: 3, bits: 3 },
  18: { least: 11, bits: 7 },
}

/** A canonical prefix code: how many symbols have each length, and the symbols by length. */
export class PrefixCode {
  private readonly counts = new Uint32Array(MAX_LENGTH + 1)
  private readonly symbols: Uint16Array
  /** A code of one symbol takes no bits. */
  private readonly only: number | undefined

  constructor(lengths: Uint8Array) {
    const used = Array.from(lengths.keys()).filter((symbol) => lengths[symbol]! > 0)
    for (const symbol of used) this.counts[lengths[symbol]!]!++
    this.symbols = Uint16Array.from(used.toSorted((a, b) => lengths[a]! - lengths[b]! || a - b))
    this.only = used.length <= 1 ? (used[0] ?? 0) : undefined
  }

  /** @returns -1 when the bits are no symbol */
  read(reader: BitReader): number {
    if (this.only !== undefined) return this.only
    let [code, first, index] = [0, 0, 0]
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code = (code << 1) | reader.bit()
      const count = this.counts[length]!
      if (code - first < count) return this.symbols[index + code - first]!
      index += count
      first = (first + count) << 1
    }
    return -1
  }
}

/** RFC 9649, 3.7.2.1. @param size of the alphabet */
export function readPrefixCode(reader: BitReader, size: number): PrefixCode {
  return new PrefixCode(reader.bit() === 1 ? simpleLengths(reader) : normalLengths(reader, size))
}

function simpleLengths(reader: BitReader): Uint8Array {
  const lengths = new Uint8Array(256)
  const hasTwo = reader.bit() === 1
  lengths[reader.bits(reader.bit() === 1 ? 8 : 1)] = 1
  if (hasTwo) lengths[reader.bits(8)] = 1
  return lengths
}

function normalLengths(reader: BitReader, size: number): Uint8Array {
  const ofLengths = new Uint8Array(LENGTH_ORDER.length)
  const told = 4 + reader.bits(4)
  for (let i = 0; i < told; i++) ofLengths[LENGTH_ORDER[i]!] = reader.bits(3)
  const code = new PrefixCode(ofLengths)
  let left = reader.bit() === 1 ? 2 + reader.bits(2 + 2 * reader.bits(3)) : size
  const lengths = new Uint8Array(size)
  let before = 8
  for (let symbol = 0; symbol < size && left-- > 0 && !reader.overrun; ) {
    const length = code.read(reader)
    const repeat = REPEATS[length]
    if (!repeat) {
      if (length < 0) break
      lengths[symbol++] = length
      if (length !== 0) before = length
      continue
    }
    const end = symbol + repeat.least + reader.bits(repeat.bits)
    lengths.fill(length === 16 ? before : 0, symbol, end)
    symbol = end
  }
  return lengths
}
