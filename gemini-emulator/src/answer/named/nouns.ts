import type { Thing } from '../../vision/analyze.ts'
import { readDescription } from '../prompt.ts'

const IRREGULAR: Record<string, string> = {
  foot: 'feet',
  knife: 'knives',
  leaf: 'leaves',
  leaves: 'leaves',
  man: 'men',
  mouse: 'mice',
  people: 'people',
  person: 'people',
  scissors: 'scissors',
  sheep: 'sheep',
  skis: 'skis',
  woman: 'women',
}
const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

/** "dog" to "dogs"; the last word of "wine glass" changes. */
export function plural(noun: string): string {
  const last = noun.split(' ').at(-1)!
  const start = noun.slice(0, noun.length - last.length)
  return start + (IRREGULAR[last] ?? (/(s|x|ch|sh)$/.test(last) ? `${last}es` : regularPlural(last)))
}

function regularPlural(word: string): string {
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`
}

/** "two dogs", "one dog" */
export function countOf(count: number, noun: string): string {
  return `${NUMBERS[count] ?? count} ${count === 1 ? noun : plural(noun)}`
}

/** The noun that counts a thing: its name, or the label of a region. */
export function nameOf({ name, label }: Thing): string {
  return name ?? label
}

/** All nouns for a thing, the most specific first. */
export function nounsOf({ name, label, also = [] }: Thing): string[] {
  return name === undefined ? [label] : [label, name, ...also]
}

/** The noun of the list that a text contains, also as a plural; the longest if there are several. */
export function nounIn(text: string, nouns: readonly string[]): string | undefined {
  const found = nouns.filter((noun) => mentions(text, noun))
  return found.toSorted((a, b) => b.length - a.length)[0]
}

function mentions(text: string, noun: string): boolean {
  return new RegExp(`\\b(?:${noun}|${plural(noun)})\\b`, 'i').test(text)
}

/** The things that a text names. A colour in the text must be theirs. */
export function thingsNamed(things: Thing[], text: string): Thing[] {
  const { colour } = readDescription(text)
  return things.filter(
    (thing) =>
      nounIn(text, nounsOf(thing)) !== undefined &&
      (colour === undefined || thing.colour === colour || thing.label.includes(colour)),
  )
}
