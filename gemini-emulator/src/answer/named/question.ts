import type { Scene, Thing } from '../../vision/analyze.ts'
import { caption } from '../caption.ts'
import { enumerate, namePlace, sentence, withArticle } from '../place.ts'
import { countOf, nounIn, nounsOf, plural, thingsNamed } from './nouns.ts'

// The noun phrase of a question, in the first group.
const PHRASES = {
  count: /\b(?:how many|count(?: all| the)*)\s+(.+?)(?:\s+(?:are|is|do|can|in|on|there|have|has)\b|[?.!]|$)/i,
  place: /\bwhere(?:'s| is| are)\s+(.+?)(?:\s+(?:in|on)\s+(?:the|this)\b|[?.!]|$)/i,
  presence:
    /\b(?:(?:is|are) there|(?:do|can) you see|does (?:it|the (?:photo|picture|image)) (?:show|contain))\s+(.+?)(?:\s+(?:in|on)\s+(?:the|this)\b|[?.!]|$)/i,
  colour:
    /\b(?:what|which) colou?rs?\s+(?:is|are|has|have|does|do)\s+(.+?)(?:[?.!]|$)|\bcolou?rs? of\s+(.+?)(?:[?.!]|$)/i,
}
const OPEN =
  /\b(?:describe|caption|summar)|\bwhat (?:is|are) (?:in |on )?(?:it|this|that|these|the (?:photo|picture|image))\b|\bwhat (?:do|can) you see\b|\bstands? out\b/i
const GENERIC = /^(?:all |the |these )*(?:objects?|things?|items?)$/i
const ARTICLE = /^(?:an?|the|any|some|my|your|its|this|that|these|those)\s+/i

/** Answers a question about recognized things, or repeats the caption. */
export function answerAboutNamed(question: string, scene: Scene): string {
  const stored = storedAnswer(question, scene)
  if (stored && stored.likeness >= 0.75) return stored.answer
  return answerAboutThings(question, scene) ?? stored?.answer ?? fallback(question, scene)
}

/** The caption for an open question; for others the detector has no answer. */
function fallback(question: string, scene: Scene): string {
  if (scene.recognizer !== 'detector' || OPEN.test(question)) return caption(scene)
  const background = /\bbackground\b/i.test(question) ? ` The background is mostly ${scene.background}.` : ''
  return `The small local model only finds objects: ${enumerate(groups(scene.things))}.${background}`
}

function answerAboutThings(question: string, scene: Scene): string | undefined {
  const { things } = scene
  const read = (pattern: RegExp) => {
    const match = pattern.exec(question)
    return match && (match[1] ?? match[2] ?? '').replace(ARTICLE, '').trim()
  }
  const counted = read(PHRASES.count)
  if (counted) {
    if (GENERIC.test(counted)) return `I see ${countOf(things.length, 'object')}${listed(things)}.`
    const found = thingsNamed(things, counted)
    if (found.length === 0) return missing(counted, scene)
    const noun = nounFor(found, counted)
    return `There ${found.length === 1 ? 'is' : 'are'} ${countOf(found.length, noun)}${places(found)}.`
  }
  const side = /\b(?:what|who)\b.*\b(left|right|top|bottom|cent(?:re|er)|middle)\b/i.exec(question)?.[1]
  if (side) return thingsAt(side.toLowerCase(), things)
  if (/\b(?:largest|biggest)\b/i.test(question) && things[0])
    return sentence(`the largest object is ${withArticle(things[0].label)} ${namePlace(things[0].box)}`)
  const placed = read(PHRASES.place)
  if (placed) {
    const found = thingsNamed(things, placed)
    if (found.length === 0) return missing(placed, scene)
    return found.length === 1
      ? sentence(`the ${nounFor(found, placed)} is ${namePlace(found[0]!.box)}`)
      : sentence(`there are ${countOf(found.length, nounFor(found, placed))}${places(found)}`)
  }
  const sought = read(PHRASES.presence)
  if (sought) {
    const found = thingsNamed(things, sought)
    if (found.length === 0) return missing(sought, scene)
    return `Yes, there ${found.length === 1 ? 'is' : 'are'} ${countOf(found.length, nounFor(found, sought))}${places(found)}.`
  }
  const coloured = read(PHRASES.colour)
  if (coloured) {
    const found = thingsNamed(things, coloured)
    if (found.length === 0) return missing(coloured, scene)
    const colours = enumerate([...new Set(found.map(({ colour }) => colour))])
    const noun = nounFor(found, coloured)
    return sentence(found.length === 1 ? `the ${noun} is ${colours}` : `the ${plural(noun)} are ${colours}`)
  }
  return undefined
}

/** ": one at the left and one at the right" */
function places(found: Thing[]): string {
  if (found.length > 4) return ''
  const named = found.map(({ box }) => namePlace(box))
  return found.length === 1 ? ` ${named[0]}` : `: ${enumerate(named.map((place) => `one ${place}`))}`
}

function listed(things: Thing[]): string {
  return things.length === 0 ? '' : `: ${enumerate(groups(things))}`
}

/** "two dogs", "a curtain": the things of a scene by name. */
export function groups(things: Thing[]): string[] {
  const counts = new Map<string, number>()
  for (const { name, label } of things) counts.set(name ?? label, (counts.get(name ?? label) ?? 0) + 1)
  return [...counts].map(([noun, count]) => (count === 1 ? withArticle(noun) : countOf(count, noun)))
}

function thingsAt(side: string, things: Thing[]): string {
  const wanted = side === 'middle' || side === 'center' ? 'centre' : side
  const found = things.filter(({ box }) => namePlace(box).includes(wanted))
  const where = wanted === 'left' || wanted === 'right' ? `on the ${wanted}` : `at the ${wanted}`
  if (found.length === 0) return `I see no object ${where}.`
  return sentence(`${where} I see ${enumerate(groups(found))}`)
}

/** The noun of the question, else the name of the things. */
function nounFor(found: Thing[], phrase: string): string {
  return nounIn(phrase, found.flatMap(nounsOf)) ?? found[0]!.name ?? found[0]!.label
}

export function missing(phrase: string, { recognizer }: Scene): string {
  const isPlural = /s$|^(?:people|men|women|mice)$/i.test(phrase)
  return recognizer === 'detector'
    ? `The small local model does not see ${isPlural ? phrase : withArticle(phrase)} in this photo.`
    : `No, I see no ${phrase} in this photo.`
}

/** The stored answer whose question shares most of its words with this one. */
function storedAnswer(question: string, { words }: Scene): { answer: string; likeness: number } | undefined {
  const asked = contentWords(question)
  const rated = (words?.answers ?? []).flatMap(({ question: variants, answer }) =>
    variants.split('?').map((variant) => ({ answer, likeness: likeness(asked, contentWords(variant)) })),
  )
  const best = rated.toSorted((a, b) => b.likeness - a.likeness)[0]
  return best && best.likeness >= 0.5 ? best : undefined
}

const FILLER = new Set(
  'a an and are at be can could do does for from has have i in is it its me of on or please see that the there these this to you your photo picture image was were'.split(
    ' ',
  ),
)

function contentWords(text: string): Set<string> {
  const words =
    text
      .toLowerCase()
      .replaceAll('color', 'colour')
      .match(/[a-z]+/g) ?? []
  return new Set(words.filter((word) => !FILLER.has(word)).map((word) => word.replace(/s$/, '')))
}

/** The shared part of two sets, 0 to 1. */
function likeness(one: Set<string>, other: Set<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length
  const all = one.size + other.size - shared
  return all === 0 ? 0 : shared / all
}
