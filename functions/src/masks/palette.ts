export type Rgb = readonly [red: number, green: number, blue: number]

/**
 * The colours of labels. Any two differ by at least 14.5 (CIEDE2000), and by 9.6 with protanopia,
 * deuteranopia or tritanopia. The first ten are Paul Tol's "muted" scheme with its grey,
 * https://sronpersonalpages.nl/~pault/, 2021. A search found the others:
 * docs/decisions/2026-11-30-overlay-colours.md.
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
  [74, 46, 34],
  [169, 132, 186],
  [206, 248, 5],
  [72, 70, 0],
  [49, 132, 255],
  [203, 159, 122],
  [172, 198, 172],
  [132, 255, 185],
  [128, 101, 120],
  [14, 60, 59],
  [214, 19, 56],
  [156, 163, 255],
  [81, 94, 218],
  [43, 0, 255],
]

/** Colours that are used first. Their differences are the largest. */
const FIRST = 10

/** Colours with a higher luma, 0 to 255, become darker beyond the palette, all others lighter. */
const LIGHT_LUMA = 153

/**
 * A colour for each object of a picture. Objects with the same label have the same colour. Up to ten labels
 * have the same colours in every picture if these are free. The next labels take the other colours in their
 * order, and labels beyond the palette its colours in another lightness.
 */
export function assignColours(labels: readonly string[]): Rgb[] {
  const byLabel = new Map<string, number>()
  const taken = new Set<number>()
  for (const label of labels) {
    if (byLabel.has(label)) continue
    let index = taken.size
    if (taken.size < FIRST) {
      index = hash(label) % FIRST
      while (taken.has(index)) index = (index + 1) % FIRST
    }
    taken.add(index)
    byLabel.set(label, index)
  }
  return labels.map((label) => colourAt(byLabel.get(label)!))
}

/**
 * The palette, and then again with each colour mixed with black if it is light, or with white: in shares of
 * 1/2, 1/4, 3/4, 1/8, 5/8 and so on.
 */
function colourAt(index: number): Rgb {
  const colour = PALETTE[index % PALETTE.length]!
  const share = radicalInverse(Math.floor(index / PALETTE.length))
  if (share === 0) return colour
  const target = luma(colour) > LIGHT_LUMA ? 0 : 255
  const mixed = (value: number) => Math.round(value + (target - value) * share)
  const [red, green, blue] = colour
  return [mixed(red), mixed(green), mixed(blue)]
}

/** https://www.itu.int/rec/R-REC-BT.709, 2015 */
function luma([red, green, blue]: Rgb): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The binary digits of `number`, reversed behind the point: 0, 1/2, 1/4, 3/4, 1/8. */
function radicalInverse(number: number): number {
  let result = 0
  for (let rest = number, part = 0.5; rest > 0; rest >>= 1, part /= 2) if (rest & 1) result += part
  return result
}

/** FNV-1a, 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}
