/**
 * The code lengths of a Huffman code in bits, at most `limit`. If a code is too long, the tree is built again
 * from flatter frequencies, as bzip2 does (huffman.c). This is rare and costs a few bits.
 * @param frequencies of each symbol; at least two symbols must occur. A symbol that does not occur has length
 * 0.
 */
export function codeLengths(frequencies: Uint32Array, limit: number): Uint8Array {
  const symbols = [...frequencies.keys()].filter((symbol) => frequencies[symbol]! > 0)
  const weights = Float64Array.from(symbols, (symbol) => frequencies[symbol]!)
  for (;;) {
    const depths = leafDepths(weights)
    if (Math.max(...depths) <= limit) {
      const lengths = new Uint8Array(frequencies.length)
      symbols.forEach((symbol, leaf) => {
        lengths[symbol] = depths[leaf]!
      })
      return lengths
    }
    weights.forEach((weight, leaf) => {
      weights[leaf] = Math.ceil(weight / 2)
    })
  }
}

/** Builds the tree with two queues, both ordered by weight: leaves and inner nodes. */
function leafDepths(weights: Float64Array): Uint8Array {
  const leaves = [...weights.keys()].toSorted((a, b) => weights[a]! - weights[b]!)
  const nodes = new Float64Array(2 * leaves.length - 1)
  leaves.forEach((leaf, at) => {
    nodes[at] = weights[leaf]!
  })
  const parents = new Uint16Array(nodes.length)
  let [leaf, inner] = [0, leaves.length]
  for (let node = leaves.length; node < nodes.length; node++) {
    for (let child = 0; child < 2; child++) {
      const lightest =
        leaf < leaves.length && (inner === node || nodes[leaf]! <= nodes[inner]!) ? leaf++ : inner++
      nodes[node]! += nodes[lightest]!
      parents[lightest] = node
    }
  }
  const levels = new Uint8Array(nodes.length)
  for (let node = nodes.length - 2; node >= 0; node--) levels[node] = levels[parents[node]!]! + 1
  const depths = new Uint8Array(leaves.length)
  leaves.forEach((original, at) => {
    depths[original] = levels[at]!
  })
  return depths
}

/**
 * The codes that DEFLATE derives from their lengths (RFC 1951, 3.2.2), with reversed bits: codes are written
 * from the most significant bit, but bytes are filled from the least significant bit (3.1.1).
 */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const counts = new Uint16Array(16)
  for (const length of lengths) if (length > 0) counts[length]!++
  const next = new Uint16Array(16)
  for (let length = 2; length < 16; length++) next[length] = (next[length - 1]! + counts[length - 1]!) << 1
  const codes = new Uint16Array(lengths.length)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!
    if (length > 0) codes[symbol] = reversed(next[length]!++, length)
  }
  return codes
}

function reversed(code: number, length: number): number {
  let bits = 0
  for (let i = 0; i < length; i++) bits |= ((code >> i) & 1) << (length - 1 - i)
  return bits
}
