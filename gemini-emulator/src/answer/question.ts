import type { Sight, Thing } from '../vision/look.ts'
import { caption } from './caption.ts'
import { compare, summarise } from './compare.ts'
import { enumerate, namePlace, sentence, withArticle } from './place.ts'
import { fits, readDescription } from './prompt.ts'

/** A plain sentence in answer to a question about pictures; a caption when the question is none it understands. */
export function answerQuestion(text: string, sights: Sight[]): string {
  const [sight] = sights
  if (!sight) return 'I see no image.'
  if (sights.length > 1) {
    if (/\b(differ\w*|compar\w*|chang\w*|same|common|similar\w*|between|both)\b/i.test(text))
      return summarise(compare(sights))
    return sights.map((one, i) => `Image ${i + 1}: ${caption(one)}`).join('\n')
  }
  return answerAboutOne(lastQuestion(text), sight)
}

function answerAboutOne(question: string, sight: Sight): string {
  const description = readDescription(question)
  const named = description.colour !== undefined || description.shape !== undefined
  const things = named ? sight.things.filter((thing) => fits(thing, description)) : sight.things
  const words = [description.colour, description.shape ?? 'thing'].filter(Boolean).join(' ')
  if (/\bhow many\b|\bcount\b/i.test(question)) return countThings(things, words)
  if (/\bbackground\b/i.test(question)) return sentence(`the background is ${sight.background}`)
  if (/\bwhat colou?rs?\b|\bwhich colou?rs?\b|\bcolou?r of\b/i.test(question))
    return nameColours(things, description.shape)
  if (/\bwhere\b/i.test(question)) return things.length === 0 ? `I see no ${words}.` : tellPlaces(things)
  if (/^(is|are|does|do|can|has|have)\b/i.test(question) && named)
    return things.length > 0 ? `Yes, ${tellPlaces(things, true)}` : `No, I see no ${words}.`
  return caption(sight)
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

function tellPlaces(things: Thing[], continued = false): string {
  const told = enumerate(things.map(({ label, box }) => `${withArticle(label)} ${namePlace(box)}`))
  return continued ? `there is ${told}.` : sentence(`there is ${told}`)
}

/** The last sentence that asks, or the whole. */
function lastQuestion(text: string): string {
  const sentences = text.split(/(?<=[.?!\n])/)
  return (sentences.findLast((words) => words.endsWith('?')) ?? text).trim()
}
