import { assignColours, type Rgb } from '../../../functions/src/masks/palette.ts'

/** The colour of an object in the overlay, and a readable text colour on it: black or white. */
export type Colour = { rgb: Rgb; fill: string; ink: string }

export function coloursOf(objects: readonly { label: string }[]): Colour[] {
  return assignColours(objects.map(({ label }) => label)).map((rgb) => ({
    rgb,
    fill: `rgb(${rgb.join(' ')})`,
    ink: luminance(rgb) > SAME_CONTRAST ? '#000' : '#fff',
  }))
}

/** At this luminance, black and white have the same contrast: 4.58, above the 4.5 of WCAG AA for text. */
const SAME_CONTRAST = 0.1791

/**
 * Relative luminance, 0 to 1.
 * https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
 */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
