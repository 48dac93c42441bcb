import type { Family } from '../../api/models.ts'
import type { Sight, Thing } from '../../vision/look.ts'
import { caption, labels } from '../caption.ts'
import type { Comparison, Difference } from '../compare.ts'

/** What an answer is about, the same for all of it. */
export type Topic = {
  text: string
  sights: Sight[]
  comparison: Comparison
  family: Family
}

/** What one part of an answer is about: the whole picture, or one thing, word or difference in it. */
export type Subject = {
  topic: Topic
  sight: Sight
  /** Which of the images, from 0. */
  image: number
  /** Things that the prompt asks for, of this image. */
  things: Thing[]
  thing?: Thing
  word?: string
  difference?: Difference
}

/** A property's name as one run of lower case letters and digits. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** What the subject is called, most telling words first. */
export function termsFor({ thing, word, sight, difference }: Subject): string[] {
  if (word !== undefined) return [word]
  if (thing) return [thing.label, thing.shape, thing.colour]
  if (difference) return [difference.description]
  return [...labels(sight), caption(sight)]
}

/** Of the values a schema lists, those that the subject's words name, best first. */
export function chooseValues(values: string[], subject: Subject): string[] {
  const plain = (value: string) => value.toLowerCase().replaceAll('gray', 'grey').replaceAll(/[_-]/g, ' ')
  const chosen = termsFor(subject).flatMap((term) =>
    values.filter((value) => plain(value) !== '' && holdsWords(term, plain(value))),
  )
  return [...new Set(chosen)]
}

export function chooseValue(values: string[], subject: Subject): string | undefined {
  const fallback = values.find((value) =>
    /^(other|others|unknown|none|unclear|n\/a|unspecified)$/i.test(value),
  )
  return chooseValues(values, subject)[0] ?? fallback ?? values[0]
}

function holdsWords(term: string, value: string): boolean {
  const words = new Set(term.toLowerCase().match(/[a-z0-9]+/g))
  return value.split(' ').every((word) => words.has(word) || words.has(word.replace(/s$/, '')))
}
