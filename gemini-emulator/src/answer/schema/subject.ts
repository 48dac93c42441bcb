import type { Family } from '../../api/families.ts'
import type { Scene, Thing } from '../../vision/analyze.ts'
import { caption, labels } from '../caption.ts'
import type { Comparison, Difference } from '../compare.ts'
import type { Limits } from '../prompt.ts'

/** The request that an answer is about. */
type Topic = {
  text: string
  scenes: Scene[]
  comparison: Comparison
  family: Family
  limits: Limits
}

/** The subject of one part of an answer: a whole image, or one thing, label or difference in it. */
export type Subject = {
  topic: Topic
  scene: Scene
  /** The index of the image, from 0. */
  image: number
  /** The things in this image that the prompt asks for. */
  things: Thing[]
  thing?: Thing
  word?: string
  difference?: Difference
}

/** A property name reduced to lower-case letters and digits. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** The terms for the subject, most specific first. */
function termsFor({ thing, word, scene, difference }: Subject): string[] {
  if (word !== undefined) return [word]
  if (thing) return [thing.label, thing.shape, thing.colour]
  if (difference) return [difference.description]
  return [...labels(scene), caption(scene)]
}

/** The enum values that the terms of the subject contain, best first. */
export function chooseValues(values: string[], subject: Subject): string[] {
  const plain = (value: string) => value.toLowerCase().replaceAll('gray', 'grey').replaceAll(/[_-]/g, ' ')
  const chosen = termsFor(subject).flatMap((term) =>
    values.filter((value) => plain(value) !== '' && containsWords(term, plain(value))),
  )
  return [...new Set(chosen)]
}

export function chooseValue(values: string[], subject: Subject): string | undefined {
  const fallback = values.find((value) =>
    /^(other|others|unknown|none|unclear|n\/a|unspecified)$/i.test(value),
  )
  return chooseValues(values, subject)[0] ?? fallback ?? values[0]
}

function containsWords(term: string, value: string): boolean {
  const words = new Set(term.toLowerCase().match(/[a-z0-9]+/g))
  return value.split(' ').every((word) => words.has(word) || words.has(word.replace(/s$/, '')))
}
