import { converter, differenceEuclidean, nearest, type Oklab, type Rgb } from 'culori'
import type { Raster } from './picture.ts'

export const COLOUR_NAMES = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'black',
  'white',
  'grey',
] as const

export type ColourName = (typeof COLOUR_NAMES)[number]

/** A colour in OKLab, a perceptually uniform space: lightness 0-1, a and b about -0.4 to 0.4. */
export type Lab = readonly [lightness: number, a: number, b: number]

export type Colour = readonly [red: number, green: number, blue: number]

// Examples of the eleven basic colours: vivid, dark, pale and photographic tones.
const EXAMPLES: Record<ColourName, string[]> = {
  red: ['#d62728', '#ff0000', '#b22222', '#8b0000', '#e04848', '#a03030'],
  orange: ['#ff8c00', '#ff7f0e', '#ffa500', '#f08030', '#e07020', '#ffb060'],
  yellow: ['#f5d728', '#ffff00', '#ffe066', '#d4b106', '#e8d44d', '#fff3a0', '#c8b850'],
  green: [
    '#2c963c',
    '#00a000',
    '#00ff00',
    '#006400',
    '#6b8e23',
    '#9acd32',
    '#90d090',
    '#405030',
    '#20b090',
    '#7a8a50',
  ],
  blue: [
    '#1f5ac8',
    '#0000ff',
    '#000080',
    '#4a90e2',
    '#87ceeb',
    '#00bfff',
    '#304878',
    '#7090b0',
    '#00c8d8',
    '#b0d0f0',
  ],
  purple: ['#8028a0', '#800080', '#9370db', '#4b0082', '#a060c0', '#584080', '#c090e0'],
  pink: ['#f082b4', '#ffc0cb', '#ff69b4', '#ff1493', '#e0a0b0', '#f8b8b0'],
  brown: [
    '#784828',
    '#8b4513',
    '#a0522d',
    '#5c3a21',
    '#b08050',
    '#c8a070',
    '#9a7050',
    '#483020',
    '#6e5a48',
    '#a88a70',
  ],
  black: ['#0f0f0f', '#000000', '#202020', '#2a2a2a', '#181c20', '#221e1a'],
  white: ['#fafafa', '#ffffff', '#ececec', '#f5f0e8', '#e8ecf0'],
  grey: ['#808080', '#a0a0a0', '#606060', '#c0c0c0', '#484848', '#8a8680', '#78808a', '#d0d0d0', '#b0aca4'],
}

// Adds stray light, as on every screen. Without it, the noise of dark surfaces looks like a pattern.
const FLARE = 0.003

const toOklab = converter('oklab')
const toLinear = converter('lrgb')

const examples: { name: ColourName; lab: Oklab }[] = COLOUR_NAMES.flatMap((name) =>
  EXAMPLES[name].map((hex) => ({ name, lab: toOklab(hex)! })),
)
const nearestExample = nearest(examples, differenceEuclidean('oklab'), ({ lab }) => lab)

/** The basic colour name of a colour. */
export function nameColour([red, green, blue]: Colour): ColourName {
  return nearestExample(rgb(red, green, blue), 1)[0]!.name
}

export function toLab([red, green, blue]: Colour): Lab {
  const { r, g, b: blueLight } = toLinear(rgb(red, green, blue))
  const { l, a, b } = toOklab({ mode: 'lrgb', r: FLARE + r, g: FLARE + g, b: FLARE + blueLight })
  return [l, a, b]
}

export function labDistance(one: Lab, other: Lab): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])
}

/** OKLab of every pixel, three numbers each. */
export function labPixels({ width, height, rgb: bytes }: Raster): Float32Array {
  const lab = new Float32Array(width * height * 3)
  // Images repeat their colours: each slot of this cache holds the last colour that hashed to it.
  const cachedColours = new Int32Array(1 << 18).fill(-1)
  const cachedLab = new Float32Array(cachedColours.length * 3)
  for (let at = 0; at < lab.length; at += 3) {
    const colour = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    const slot = Math.imul(colour, 0x9e3779b1) >>> 14
    if (cachedColours[slot] !== colour) {
      cachedColours[slot] = colour
      cachedLab.set(toLab([bytes[at]!, bytes[at + 1]!, bytes[at + 2]!]), slot * 3)
    }
    lab[at] = cachedLab[slot * 3]!
    lab[at + 1] = cachedLab[slot * 3 + 1]!
    lab[at + 2] = cachedLab[slot * 3 + 2]!
  }
  return lab
}

function rgb(red: number, green: number, blue: number): Rgb {
  return { mode: 'rgb', r: red / 255, g: green / 255, b: blue / 255 }
}
