import { jsonrepair } from 'jsonrepair'
import { VisionError } from '../errors.ts'
import { answerPlaces } from './answer-blocks.ts'
import { jsonPieces } from './json-pieces.ts'

/** `salvaged`: the text was repaired or cut, so a part of the answer may be missing. */
export type AnswerState = 'read' | 'salvaged'

/** More than any text the prompts ask for. For some texts, jsonrepair 3.15 takes quadratic time. */
const MAX_REPAIRED_LENGTH = 20_000

/**
 * The JSON value in a model's answer, preferably an object: bare, fenced or in prose, and repaired if it is
 * damaged. Lists of objects in pictures are read by `readLocation`, which salvages their entries.
 * @throws VisionError `answer-unreadable`, or `answer-truncated` if the answer was cut, when there is no
 * value.
 */
export function readAnswerJson(text: string, truncated: boolean): { value: unknown; state: AnswerState } {
  const pieces = answerPlaces(text).map((blocks) => blocks.map((block) => jsonPieces(block.text)))
  for (const place of pieces) {
    const values = place.flatMap((piece) => piece.values).filter((value) => typeof value === 'object')
    const value = values.find(isPlainObject) ?? values[0]
    const damaged = place.flatMap((piece) => piece.damaged)
    // Brackets in prose can be valid JSON. A damaged object has precedence over them.
    const damagedObject = damaged.find((piece) => piece.startsWith('{'))
    if (value !== undefined && (isPlainObject(value) || !damagedObject)) return { value, state: 'read' }
    const found = damagedObject ?? damaged[0]
    const repaired = found && found.length <= MAX_REPAIRED_LENGTH ? repairJson(found) : undefined
    if (repaired !== undefined) return { value: repaired, state: 'salvaged' }
  }
  const damaged = pieces.flat().some((piece) => piece.damaged.length > 0)
  throw new VisionError(
    truncated ? 'answer-truncated' : 'answer-unreadable',
    damaged
      ? `Cannot read the answer: the JSON in its ${text.length} characters cannot be repaired`
      : `Cannot read the answer: its ${text.length} characters hold no JSON object or array`,
  )
}

function repairJson(text: string): unknown {
  try {
    return JSON.parse(jsonrepair(text))
  } catch {
    // jsonrepair throws if it cannot repair the text. The caller reports an unreadable answer.
    return undefined
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
