import { canonicalCodes, codeLengths } from './huffman.ts'

/*
 * A DEFLATE block of literals and of matches of distance 1: https://www.rfc-editor.org/rfc/rfc1951, 2026-11
 */

export const MIN_MATCH = 3
export const MAX_MATCH = 258

/** 3.2.5: the shortest match of each length symbol, from 257, and the number of extra bits. */
const SHORTEST = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
]
const EXTRA_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const END_OF_BLOCK = 256
const FIRST_LENGTH_SYMBOL = 257
const MAX_CODE_LENGTH = 15
/** 3.2.7: the order in which the code lengths of the code length alphabet are written. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
const MAX_CODE_LENGTH_CODE = 7

const SYMBOL_OF_LENGTH = new Uint16Array(MAX_MATCH + 1)
SHORTEST.forEach((shortest, index) => {
  SYMBOL_OF_LENGTH.fill(FIRST_LENGTH_SYMBOL + index, shortest)
})

type Bits = readonly [value: number, bits: number]

/**
 * The codes of a block: of literals by byte, and of matches by length, including the bits of the distance.
 */
export type BlockCodes = {
  header: readonly Bits[]
  literals: { values: Uint32Array; bits: Uint8Array }
  matches: { values: Uint32Array; bits: Uint8Array }
  end: Bits
  /** The size of the block. */
  totalBits: number
}

/**
 * Dynamic Huffman codes (3.2.7).
 * @param literals the frequency of each byte; at least one must occur
 * @param matches the frequency of each match length
 */
export function blockCodes(literals: Uint32Array, matches: Uint32Array): BlockCodes {
  const frequencies = new Uint32Array(FIRST_LENGTH_SYMBOL + SHORTEST.length)
  frequencies.set(literals)
  frequencies[END_OF_BLOCK] = 1
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    frequencies[SYMBOL_OF_LENGTH[length]!]! += matches[length]!
  }
  const lengths = codeLengths(frequencies, MAX_CODE_LENGTH)
  const codes = canonicalCodes(lengths)
  const literalCodes = { values: Uint32Array.from(codes.subarray(0, 256)), bits: lengths.slice(0, 256) }
  const matchCodes = { values: new Uint32Array(MAX_MATCH + 1), bits: new Uint8Array(MAX_MATCH + 1) }
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    const symbol = SYMBOL_OF_LENGTH[length]!
    const index = symbol - FIRST_LENGTH_SYMBOL
    matchCodes.values[length] = codes[symbol]! | ((length - SHORTEST[index]!) << lengths[symbol]!)
    // The code of the only distance is 0, with one bit: a single code still needs one bit (3.2.7).
    matchCodes.bits[length] = lengths[symbol]! + EXTRA_BITS[index]! + 1
  }
  const header = blockHeader(lengths)
  const end: Bits = [codes[END_OF_BLOCK]!, lengths[END_OF_BLOCK]!]
  let totalBits = end[1]
  for (const [, bits] of header) totalBits += bits
  for (let byte = 0; byte < 256; byte++) totalBits += literals[byte]! * literalCodes.bits[byte]!
  for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
    totalBits += matches[length]! * matchCodes.bits[length]!
  }
  return { header, literals: literalCodes, matches: matchCodes, end, totalBits }
}

/** The header of a final block with dynamic codes: 3.2.3 and 3.2.7. */
function blockHeader(lengths: Uint8Array): Bits[] {
  const used = lengths.findLastIndex((length) => length > 0) + 1
  const packed = packLengths([...lengths.subarray(0, used), 1])
  const frequencies = new Uint32Array(CODE_LENGTH_ORDER.length)
  for (const [symbol] of packed) frequencies[symbol]!++
  const ownLengths = codeLengths(frequencies, MAX_CODE_LENGTH_CODE)
  const ownCodes = canonicalCodes(ownLengths)
  const inOrder = CODE_LENGTH_ORDER.map((symbol) => ownLengths[symbol]!)
  const shown = Math.max(inOrder.findLastIndex((length) => length > 0) + 1, 4)
  return [
    [1, 1],
    [2, 2],
    [used - FIRST_LENGTH_SYMBOL, 5],
    [0, 5],
    [shown - 4, 4],
    ...inOrder.slice(0, shown).map((length): Bits => [length, 3]),
    ...packed.flatMap(([symbol, extra, extraBits]): Bits[] => [
      [ownCodes[symbol]!, ownLengths[symbol]!],
      [extra, extraBits],
    ]),
  ]
}

/**
 * 3.2.7: runs of zeros have symbols (17: 3 to 10 zeros, 18: 11 to 138); other lengths are written as they
 * are.
 */
function packLengths(lengths: number[]): [symbol: number, extra: number, extraBits: number][] {
  const packed: [number, number, number][] = []
  for (let at = 0; at < lengths.length; ) {
    let zeros = 0
    while (zeros < 138 && lengths[at + zeros] === 0) zeros++
    if (zeros >= 11) packed.push([18, zeros - 11, 7])
    else if (zeros >= 3) packed.push([17, zeros - 3, 3])
    else packed.push([lengths[at]!, 0, 0])
    at += zeros >= 3 ? zeros : 1
  }
  return packed
}
