import type { Annotation } from '@firesight/client'

type Known = Pick<Annotation, 'caption' | 'labels' | 'text' | 'objects'>

const MAX_SUGGESTIONS = 3
/** A label that can be part of an English sentence. Models also return sentences and other scripts. */
const PLAIN_LABEL = /^[a-z][a-z' -]{0,30}$/

const ANIMATE = new Set(
  'person people man woman boy girl child baby player rider dog cat bird horse cow sheep elephant bear zebra giraffe'.split(
    ' ',
  ),
)

/** Questions about a photo, from the things that were found in it. */
export function suggestQuestions({ caption, labels = [], text, objects = [] }: Known): string[] {
  const counts = new Map<string, number>()
  for (const { label } of objects) {
    const name = label.toLowerCase()
    if (PLAIN_LABEL.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const [frequent, times = 0] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? []
  const words = [...counts.keys(), ...labels, ...(caption ?? '').split(/[^A-Za-z]+/)]
  const actor = words.map((word) => word.toLowerCase()).find((word) => ANIMATE.has(word))
  const single = [...counts].find(([label, count]) => count === 1 && label !== actor)?.[0]

  const questions = [
    frequent !== undefined && times > 1 && `How many ${pluralOf(frequent)} are there?`,
    actor !== undefined && doingQuestion(actor, (counts.get(actor) ?? 1) > 1),
    text?.trim() && 'Read the text',
    single !== undefined && `Where is the ${single}?`,
    'What is in the background?',
    'What stands out in this photo?',
  ]
  return questions
    .filter((question) => typeof question === 'string' && question !== '')
    .slice(0, MAX_SUGGESTIONS) as string[]
}

function doingQuestion(actor: string, isPlural: boolean): string {
  if (actor === 'people' || isPlural) return `What are the ${pluralOf(actor)} doing?`
  return `What is the ${actor} doing?`
}

const IRREGULAR: Record<string, string> = {
  person: 'people',
  people: 'people',
  man: 'men',
  woman: 'women',
  child: 'children',
  mouse: 'mice',
  foot: 'feet',
  tooth: 'teeth',
  knife: 'knives',
  leaf: 'leaves',
  shelf: 'shelves',
  loaf: 'loaves',
  sheep: 'sheep',
  fish: 'fish',
  deer: 'deer',
  broccoli: 'broccoli',
}

/** The plural of an English label: its last word changes. A word in -s is taken for a plural. */
export function pluralOf(label: string): string {
  const [, start = '', word = label] = /^(.*[ -])?(\S+)$/.exec(label) ?? []
  return start + pluralOfWord(word)
}

function pluralOfWord(word: string): string {
  const irregular = IRREGULAR[word]
  if (irregular !== undefined) return irregular
  if (/[^s]s$/.test(word) && !/(?:bus|lens|gas|iris|cactus)$/.test(word)) return word
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`
  return `${word}s`
}
