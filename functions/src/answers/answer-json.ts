import { jsonrepair } from 'jsonrepair'
import { VisionError } from '../errors.ts'
import { answerPlaces } from './answer-blocks.ts'
import { jsonPieces } from './json-pieces.ts'

/** `salvaged`: the text had to be repaired or cut, so a part of the answer may be missing. */
export type AnswerState = 'read' | 'salvaged'

/** More than any text that we ask for. jsonrepair 3.15 takes time in proportion to the square of some texts' length. */
const MAX_REPAIRED_LENGTH = 20_000

/**
 * The JSON in a model's answer that is one value, an object where there is one: bare, fenced, or in prose; repaired if it is damaged. Lists
 * of objects in pictures are read by `readLocation`, which keeps what is whole of them.
 * @throws VisionError `answer-unreadable`, or `answer-truncated` if it was cut, when there is nothing to read. An answer that cannot be
 * read is never "nothing found".
 */
export function readAnswerJson(text: string, truncated: boolean): { value: unknown; state: AnswerState } {
  const pieces = answerPlaces(text).map((blocks) => blocks.map((block) => jsonPieces(block.text)))
  for (const place of pieces) {
    const values = place.flatMap((piece) => piece.values).filter((value) => typeof value === 'object')
    const value = values.find(isPlainObject) ?? values[0]
    const damaged = place.flatMap((piece) => piece.damaged)
    // Brackets in prose are JSON too, but an object in ruins beside them says more.
    const ruins = damaged.find((piece) => piece.startsWith('{'))
    if (value !== undefined && (isPlainObject(value) || !ruins)) return { value, state: 'read' }
    const found = ruins ?? damaged[0]
    const repaired = found && found.length <= MAX_REPAIRED_LENGTH ? repairJson(found) : undefined
    if (repaired !== undefined) return { value: repaired, state: 'salvaged' }
  }
  const damaged = pieces.flat().some((piece) => piece.damaged.length > 0)
  throw new VisionError(
    truncated ? 'answer-truncated' : 'answer-unreadable',
    damaged
      ? `Cannot read the answer: the JSON in its ${text.length} characters is beyond repair`
      : `Cannot read the answer: its ${text.length} characters hold no JSON object or array`,
  )
}

/** What jsonrepair makes of a piece of JSON, or undefined if it can make nothing of it. */
export function repairJson(text: string): unknown {
  try {
    return JSON.parse(jsonrepair(text))
  } catch {
    // jsonrepair says by a throw that it found no way, JSON.parse that the way led nowhere; callers say what that means.
    return undefined
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
