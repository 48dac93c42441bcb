import type { Scene, Thing } from '../vision/analyze.ts'
import { caption } from './caption.ts'
import { compare, summarise } from './compare.ts'
import { plural } from './named/nouns.ts'
import { answerAboutNamed, missing } from './named/question.ts'
import { knownNoun } from './named/targets.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'
import { fits, readDescription } from './prompt.ts'

/**
 * Answers a question about images in a sentence. Returns a caption if it does not understand the question.
 */
export function answerQuestion(text: string, scenes: Scene[]): string {
  const [scene] = scenes
  if (!scene) return 'I see no image.'
  if (scenes.length > 1) {
    if (/\b(differ\w*|compar\w*|chang\w*|same|common|similar\w*|between|both)\b/i.test(text))
      return summarise(compare(scenes), scenes)
    return scenes.map((one, i) => `Image ${i + 1}: ${caption(one)}`).join('\n')
  }
  const question = lastQuestion(text)
  if (scene.words) return answerAboutNamed(question, scene)
  const noun = scene.recognizer && knownNoun(question)
  return noun ? missing(plural(noun), scene) : answerAboutOne(question, scene)
}

function answerAboutOne(question: string, scene: Scene): string {
  const description = readDescription(question)
  const named = description.colour !== undefined || description.shape !== undefined
  const things = named ? scene.things.filter((thing) => fits(thing, description)) : scene.things
  const words = [description.colour, description.shape ?? 'thing'].filter(Boolean).join(' ')
  if (/\bhow many\b|\bcount\b/i.test(question)) return countThings(things, words)
  if (/\bbackground\b/i.test(question)) return sentence(`the background is ${scene.background}`)
  if (/\bwhat colou?rs?\b|\bwhich colou?rs?\b|\bcolou?r of\b/i.test(question))
    return nameColours(things, description.shape)
  if (/\bwhere\b/i.test(question)) return things.length === 0 ? `I see no ${words}.` : describePlaces(things)
  if (/^(is|are|does|do|can|has|have)\b/i.test(question) && named)
    return things.length > 0 ? `Yes, ${describePlaces(things, true)}` : `No, I see no ${words}.`
  return caption(scene)
}

function countThings(things: Thing[], words: string): string {
  if (things.length === 0) return `There are no ${words}s.`
  return things.length === 1 ? `There is one ${words}.` : `There are ${things.length} ${words}s.`
}

function nameColours(things: Thing[], shape: string | undefined): string {
  const colours = [...new Set(things.map(({ colour }) => colour))]
  if (colours.length === 0) return shape ? `I see no ${shape}.` : 'I see nothing that stands out.'
  if (shape && things.length === 1) return `The ${shape} is ${colours[0]}.`
  return sentence(`the colours are ${enumerate(colours)}`)
}

function describePlaces(things: Thing[], isClause = false): string {
  const places = enumerate(things.map(({ label, box }) => `${withArticle(label)} ${namePlace(box)}`))
  return isClause ? `there is ${places}.` : sentence(`there is ${places}`)
}

/** The last sentence with a question mark, or the whole text. */
function lastQuestion(text: string): string {
  const sentences = text.split(/(?<=[.?!\n])/)
  return (sentences.findLast((words) => words.endsWith('?')) ?? text).trim()
}
