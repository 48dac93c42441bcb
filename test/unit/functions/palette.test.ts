import { describe, expect, it } from 'vitest'
import { assignColours, PALETTE, type Rgb } from '../../../functions/src/masks/palette.ts'
import { coloursOf } from '../../../web/src/viewer/colours.ts'
import { ciede2000, type Lab } from '../../support/ciede2000.ts'
import { differenceSeen, VISIONS } from '../../support/colour-vision.ts'

const labels = (count: number) => Array.from({ length: count }, (_, index) => `label ${index}`)
const distinct = (colours: readonly Rgb[]) => new Set(colours.map(String)).size

/** The smallest difference of any two. */
function leastDifference(colours: readonly Rgb[], vision = VISIONS['normal vision']!): number {
  const differences = colours.flatMap((one, index) =>
    colours.slice(index + 1).map((other) => differenceSeen(one, other, vision)),
  )
  return Math.min(...differences)
}

describe('assignColours()', () => {
  it('assigns one colour per label, the first ten of the palette to up to ten labels', () => {
    const colours = assignColours(['cat', 'dog', 'cat', 'bird', 'fish', 'tree', 'car', 'house'])
    expect(colours[0]).toBe(colours[2])
    expect(new Set(colours).size).toBe(7)
    expect(PALETTE.slice(0, 10)).toEqual(expect.arrayContaining(colours))
    expect(new Set(assignColours(labels(10)))).toEqual(new Set(PALETTE.slice(0, 10)))
  })

  it('keeps the colour of a label between pictures', () => {
    expect(assignColours(['red circle'])[0]).toBe(assignColours(['red circle', 'red circle'])[1])
  })

  it('uses the whole palette for 24 labels', () => {
    expect(new Set(assignColours(labels(24)))).toEqual(new Set(PALETTE))
  })

  it('varies the lightness for more labels, and gives 255 labels 255 colours', () => {
    expect(distinct(assignColours(labels(255)))).toBe(255)
    const [lightened, darkened] = [assignColours(labels(26))[25]!, assignColours(labels(27))[26]!]
    expect([lightened, darkened]).toEqual([
      [153, 145, 196],
      [111, 102, 60],
    ])
    expect(leastDifference(assignColours(labels(48)))).toBeGreaterThan(5.4)
  })
})

describe('PALETTE', () => {
  it.each([
    ['normal vision', 14.5],
    ['protanopia', 9.6],
    ['deuteranopia', 9.6],
    ['tritanopia', 9.6],
  ])('has 24 colours that look different with %s', (name, least) => {
    expect(distinct(PALETTE)).toBe(24)
    expect(leastDifference(PALETTE, VISIONS[name])).toBeGreaterThan(least)
  })
})

describe('coloursOf()', () => {
  it('gives the text on each of 255 colours a contrast of at least 4.5', () => {
    const colours = coloursOf(labels(255).map((label) => ({ label })))
    const contrasts = colours.map(({ fill, ink }) => {
      const [red, green, blue] = fill.match(/\d+/g)!.map((value) => {
        const part = Number(value) / 255
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
      }) as [number, number, number]
      const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
      return ink === '#fff' ? 1.05 / (luminance + 0.05) : (luminance + 0.05) / 0.05
    })
    expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5)
    expect(new Set(colours.map(({ ink }) => ink))).toEqual(new Set(['#000', '#fff']))
  })
})

/* Pairs of the table in the paper, for each part of the formula. */
it.each<[Lab, Lab, number]>([
  [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
  [[50, 0, 0], [50, -1, 2], 2.3669],
  [[50, -0.001, 2.49], [50, 0.0011, -2.49], 4.7461],
  [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
  [[50, 2.5, 0], [56, -27, -3], 31.903],
  [[50, 2.5, 0], [50, 3.2592, 0.335], 1],
  [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
])('ciede2000(%j, %j) is %f', (one, other, expected) => {
  expect(ciede2000(one, other)).toBeCloseTo(expected, 4)
})
