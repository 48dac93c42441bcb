import { jsonrepair } from 'jsonrepair'
import { VisionError } from '../errors.ts'
import { scanJson } from './scan-json.ts'

/** `salvaged`: the text had to be repaired or cut, so a part of the answer may be missing. */
export type AnswerJson = { value: unknown; state: 'read' | 'salvaged' }

const FENCE = /```(?:json)?[ \t]*\n([\s\S]*?)(?:\n[ \t]*```|$)/

/**
 * The JSON in a model's answer: bare, fenced, or in prose; repaired if it is damaged, and of a cut list the whole elements.
 * @throws VisionError `answer-unreadable`, or `answer-truncated` if it was cut, when there is nothing to read. An answer that cannot be
 * read is never "nothing found".
 */
export function readAnswerJson(text: string, truncated: boolean): AnswerJson {
  const body = (FENCE.exec(text)?.[1] ?? text).trim()
  const start = body.search(/[[{]/)
  if (start === -1) throw unreadable(truncated, `its ${text.length} characters hold no JSON object or array`)
  const scan = scanJson(body, start)
  if (scan.end === undefined)
    return { value: readCut(body.slice(start), scan.wholeElements, truncated), state: 'salvaged' }
  const json = body.slice(start, scan.end)
  try {
    return { value: JSON.parse(json), state: 'read' }
  } catch {
    return { value: repair(json, truncated), state: 'salvaged' }
  }
}

/** Of a list its whole elements: half an element is dropped rather than guessed at. Of anything else what a repair makes of it. */
function readCut(body: string, wholeElements: string | undefined, truncated: boolean): unknown {
  if (wholeElements !== undefined) return repair(wholeElements, truncated)
  if (body.startsWith('[')) throw unreadable(truncated, 'its list ends before the first element does')
  return repair(body, truncated)
}

function repair(json: string, truncated: boolean): unknown {
  try {
    return JSON.parse(jsonrepair(json))
  } catch (cause) {
    throw unreadable(truncated, `${json.length} characters of JSON are beyond repair`, cause)
  }
}

function unreadable(truncated: boolean, found: string, cause?: unknown): VisionError {
  return new VisionError(
    truncated ? 'answer-truncated' : 'answer-unreadable',
    `Cannot read the answer: ${found}`,
    { cause },
  )
}
