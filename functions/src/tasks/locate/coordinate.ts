const NUMBER_TEXT = /^\s*-?\d{1,15}(?:\.\d{1,15})?\s*$/

/**
 * One coordinate of an answer, as a number or as text; undefined for anything else: null, "" and true are no zeros and ones. Bounded, since
 * what is far outside the image is nonsense, and the largest numbers overflow when they are multiplied.
 */
export function coordinate(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER_TEXT.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  // Plus zero: there is no use for a negative one.
  return Math.min(Math.max(number, -10_000), 10_000) + 0
}

/** All of the values as coordinates, or undefined if one of them is none. */
export function coordinates(values: readonly unknown[]): number[] | undefined {
  const numbers: number[] = []
  for (const value of values) {
    const number = coordinate(value)
    if (number === undefined) return undefined
    numbers.push(number)
  }
  return numbers
}
