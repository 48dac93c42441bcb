export type Rgb = readonly [red: number, green: number, blue: number]

/**
 * Colours that people with colour vision deficiencies can distinguish: Paul Tol's "muted" scheme with its
 * grey, his largest one with this property. Under each deficiency, any two differ by at least 15 (CIE76; 2.3
 * is just noticeable).
 * https://sronpersonalpages.nl/~pault/, 2021
 */
export const PALETTE: readonly Rgb[] = [
  [204, 102, 119],
  [51, 34, 136],
  [221, 204, 119],
  [17, 119, 51],
  [136, 204, 238],
  [136, 34, 85],
  [68, 170, 153],
  [153, 153, 51],
  [170, 68, 153],
  [221, 221, 221],
]

/**
 * A colour for each object of a picture. Objects with the same label have the same colour, and if enough
 * colours are free, a label has the same colour in every picture.
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
