import type { Box, Thing } from '../vision/analyze.ts'

/** Describes the position of a box, for captions. */
export function namePlace({ xMin, yMin, xMax, yMax }: Box): string {
  const [x, y] = [(xMin + xMax) / 2, (yMin + yMax) / 2]
  const row = y < 0.4 ? 'top' : y > 0.6 ? 'bottom' : ''
  const column = x < 0.4 ? 'left' : x > 0.6 ? 'right' : ''
  if (!row && !column) return 'in the centre'
  if (!row) return `on the ${column}`
  return column ? `at the ${row} ${column}` : `at the ${row}`
}

export function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
}

/** "a, b and c" */
export function enumerate(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

export function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

/** `[ymin, xmin, ymax, xmax]`, 0 to 1000: y first. */
export function box2d({ box }: Pick<Thing, 'box'>): [number, number, number, number] {
  const scale = (value: number) => Math.min(1000, Math.max(0, Math.round(value * 1000)))
  return [scale(box.yMin), scale(box.xMin), scale(box.yMax), scale(box.xMax)]
}
