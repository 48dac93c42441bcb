export type Rgb = readonly [red: number, green: number, blue: number]

/**
 * Colours that people with colour vision deficiencies tell apart: Paul Tol's "bright" and "vibrant" schemes.
 * https://sronpersonalpages.nl/~pault/, 2021
 */
export const PALETTE: readonly Rgb[] = [
  [238, 102, 119],
  [68, 119, 170],
  [34, 136, 51],
  [204, 187, 68],
  [170, 51, 119],
  [102, 204, 238],
  [238, 119, 51],
  [0, 153, 136],
  [51, 187, 238],
  [187, 187, 187],
]

/**
 * A colour for each object of a picture: the same label has the same colour, and, as far as colours are left, the same one in
 * every picture.
 */
export function assignColours(labels: readonly string[]): Rgb[] {
  const byLabel = new Map<string, number>()
  const taken = new Set<number>()
  for (const label of labels) {
    if (byLabel.has(label)) continue
    let index = hash(label) % PALETTE.length
    if (taken.size < PALETTE.length) while (taken.has(index)) index = (index + 1) % PALETTE.length
    taken.add(index)
    byLabel.set(label, index)
  }
  return labels.map((label) => PALETTE[byLabel.get(label)!]!)
}

/** FNV-1a, 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
