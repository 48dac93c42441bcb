import { jsonrepair } from 'jsonrepair'
import { VisionError } from '../errors.ts'

/** `salvaged`: the text had to be repaired, so a part of the answer may be missing. */
export type AnswerJson = { value: unknown; state: 'read' | 'salvaged' }

const FENCE = /```(?:json)?\s*\n([\s\S]*?)(?:\n```|$)/

/**
 * The JSON in a model's answer: bare, fenced, or in prose; repaired if it is damaged or cut.
 * @throws VisionError `answer-unreadable` when there is none. An answer that cannot be read is never "nothing found".
 */
export function readAnswerJson(text: string, truncated: boolean): AnswerJson {
  const body = findJson(text)
  if (body === undefined) {
    throw new VisionError(
      'answer-unreadable',
      `Cannot read the answer: its ${text.length} characters hold no JSON object or array`,
    )
  }
  try {
    return { value: JSON.parse(body), state: truncated ? 'salvaged' : 'read' }
  } catch {
    return { value: repair(body, truncated), state: 'salvaged' }
  }
}

function findJson(text: string): string | undefined {
  const fenced = FENCE.exec(text)?.[1]
  const candidate = (fenced ?? text).trim()
  const start = candidate.search(/[[{]/)
  if (start === -1) return undefined
  const end = Math.max(candidate.lastIndexOf(']'), candidate.lastIndexOf('}'))
  // Without an end the answer was cut: the repair works on all of it.
  return end > start ? candidate.slice(start, Math.max(end + 1, 0)) : candidate.slice(start)
}

function repair(body: string, truncated: boolean): unknown {
  // The last element of a cut answer is half an element: it is dropped rather than guessed at.
  const whole = truncated ? cutToLastElement(body) : body
  try {
    return JSON.parse(jsonrepair(whole))
  } catch (cause) {
    throw new VisionError(
      'answer-unreadable',
      `Cannot read the answer: ${body.length} characters of JSON are beyond repair`,
      { cause },
    )
  }
}

function cutToLastElement(body: string): string {
  const end = body.lastIndexOf('}')
  return end === -1 ? body : body.slice(0, end + 1)
}
