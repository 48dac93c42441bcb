import type { Sight } from '../vision/look.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'

const MOST_NAMED = 5

/** A sentence about what is seen. */
export function caption({ things, background, drawn }: Sight): string {
  if (things.length === 0) return sentence(`a plain ${background} picture`)
  const named = things
    .slice(0, MOST_NAMED)
    .map((thing) => `${withArticle(thing.label)} ${namePlace(thing.box)}`)
  const rest = things.length - named.length
  if (rest > 0) named.push(`${rest} more`)
  const start = drawn ? '' : 'a photograph with '
  return sentence(`${start}${enumerate(named)} on ${withArticle(background)} background`)
}

/** The same in few words. */
export function shortCaption({ things, background }: Sight): string {
  if (things.length === 0) return `Plain ${background} picture`
  const words = enumerate(things.slice(0, 3).map(({ label }) => label))
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} on ${background}`
}

/** Tags, most telling first. */
export function labels({ things, background, drawn }: Sight): string[] {
  const words = things.flatMap(({ label, colour, shape }) => [label, shape, colour])
  return [
    ...new Set([...words.filter((word) => word !== 'area'), background, drawn ? 'drawing' : 'photograph']),
  ]
}
