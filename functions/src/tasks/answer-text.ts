import { cleanLines } from '../answers/clean-text.ts'

/** Characters of an answer that are kept. */
export const MAX_ANSWER_LENGTH = 8000

/** A cluster that the next piece may still change: accents, joined pictographs, halves of pairs; and white space, which may be the end. */
const UNSETTLED = /(?<![\s\u200c\u200d])[\s\u200c\u200d]+$/u
const CLUSTERS = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Room for what is cleaned away. */
const MAX_RAW_LENGTH = MAX_ANSWER_LENGTH * 4

/** The answer to a question as it comes in pieces: cleaned as a whole, however it is cut. */
export class AnswerText {
  /** All that was told so far. */
  text = ''
  /** The answer was longer than is kept. */
  truncated = false
  private raw = ''

  /** @returns the plain text that is settled and was not told yet; may be empty */
  push(piece: string): string {
    // Nothing more will be told, so nothing more is cleaned.
    if (this.truncated) return ''
    this.raw += piece
    return this.tell(settled(this.kept))
  }

  /** @returns the rest */
  end(): string {
    return this.tell(this.kept)
  }

  private get kept(): string {
    this.truncated ||= this.raw.length > MAX_RAW_LENGTH
    this.raw = this.raw.slice(0, MAX_RAW_LENGTH + 1)
    return this.raw.slice(0, MAX_RAW_LENGTH)
  }

  private tell(raw: string): string {
    const plain = cleanLines(raw)
    this.truncated ||= plain.length > MAX_ANSWER_LENGTH
    const news = withinLimit(plain).slice(this.text.length)
    this.text += news
    return news
  }
}

function withinLimit(text: string): string {
  if (text.length <= MAX_ANSWER_LENGTH) return text
  const kept = text.slice(0, MAX_ANSWER_LENGTH)
  // Half of a pair is no character.
  return kept.isWellFormed() ? kept : kept.slice(0, -1)
}

function settled(text: string): string {
  const tail = CLUSTERS.segment(text).containing(text.length - 1)
  return (tail ? text.slice(0, tail.index) : '').replace(UNSETTLED, '')
}
