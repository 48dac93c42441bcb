import { KINDS } from '../../detector/coco.ts'
import { SAMPLES } from '../../samples/sample.ts'
import type { Thing } from '../../vision/analyze.ts'
import { nounIn, thingsNamed } from './nouns.ts'

const LIST = /\btargets?:\s*(\[[^\]\n]*\]|[^\n]*)/i
const PHRASE =
  /\b(?:masks?|box(?:es)?|points?|outlines?)\s+(?:only\s+)?(?:for|of|around|on)\s+([^.\n;:]*)|\b(?:detect|find|locate|segment|point to|outline)\s+([^.\n;:]*)/gi
const EVERYTHING = /\b(everything|objects?|things?|items?|all)\b/i

const known = [
  ...KINDS.flatMap(({ name, also }) => [name, ...also]),
  ...SAMPLES.flatMap(({ objects }) => objects.flatMap(({ label, name, also }) => [label, name, ...also])),
]

/** The noun in a text that stands for an object that the emulator can recognize. */
export function knownNoun(text: string): string | undefined {
  return nounIn(text, known)
}

/**
 * Keeps the recognized things that a prompt names. After "Targets:" each word counts; elsewhere only known nouns
 * do, because a prompt contains other words too.
 */
export function namedTargets(things: Thing[], text: string): Thing[] {
  const list = LIST.exec(text)?.[1]
  if (list !== undefined) {
    if (EVERYTHING.test(list)) return things
    return unique(
      list.split(/[",[\]]/).flatMap((target) => thingsNamed(things, target)),
      things,
    )
  }
  const phrases = [...text.matchAll(PHRASE)]
    .map(([, first, second]) => first ?? second ?? '')
    .filter((phrase) => knownNoun(phrase) !== undefined)
  if (phrases.length === 0) return things
  const wanted = phrases.flatMap((phrase) => phrase.split(/,|\band\b|\bor\b/i))
  return unique(
    wanted.flatMap((target) => thingsNamed(things, target)),
    things,
  )
}

/** Each thing once, in the order of the scene. */
function unique(chosen: Thing[], things: Thing[]): Thing[] {
  return things.filter((thing) => chosen.includes(thing))
}
