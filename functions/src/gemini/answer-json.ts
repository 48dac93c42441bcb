import { jsonrepair } from 'jsonrepair'
import { VisionError } from '../errors.ts'
import { answerBlocks } from './answer-blocks.ts'
import { jsonPieces } from './json-pieces.ts'

/** `salvaged`: the text had to be repaired or cut, so a part of the answer may be missing. */
export type AnswerState = 'read' | 'salvaged'

/** Far more than any text that we ask for; and the repair takes more time for each character of a longer text. */
const MAX_REPAIRED_LENGTH = 100_000

/**
 * The JSON in a model's answer: bare, fenced, or in prose; repaired if it is damaged. For answers that are one object; lists of objects
 * are read by `readLocation`, which keeps what is whole of them.
 * @throws VisionError `answer-unreadable`, or `answer-truncated` if it was cut, when there is nothing to read. An answer that cannot be
 * read is never "nothing found".
 */
export function readAnswerJson(text: string, truncated: boolean): { value: unknown; state: AnswerState } {
  const pieces = answerBlocks(text).map(jsonPieces)
  const values = pieces.flatMap((piece) => piece.values)
  if (values.length > 0) return { value: values.find(isPlainObject) ?? values[0], state: 'read' }
  const [damaged] = pieces.flatMap((piece) => piece.damaged)
  if (damaged === undefined)
    throw unreadable(truncated, `its ${text.length} characters hold no JSON object or array`)
  const value = damaged.length <= MAX_REPAIRED_LENGTH ? repairJson(damaged) : undefined
  if (value === undefined)
    throw unreadable(truncated, `${damaged.length} characters of JSON are beyond repair`)
  return { value, state: 'salvaged' }
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

function unreadable(truncated: boolean, found: string): VisionError {
  return new VisionError(
    truncated ? 'answer-truncated' : 'answer-unreadable',
    `Cannot read the answer: ${found}`,
  )
}
