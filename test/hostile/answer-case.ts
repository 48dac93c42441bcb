import type { Annotation } from '../../functions/src/document/annotation.ts'
import { DESCRIPTION, OBJECTS } from '../support/vision.ts'
import { type Expected, SUCCEEDS } from './picture-case.ts'
import type { Answer } from './recording-model.ts'

/** A hostile or broken answer of the model, for example after prompt injection by a picture. */
export type AnswerCase = {
  name: string
  answer: Answer
  expected: Expected
  parameters?: Record<string, string>
  /** Number of objects that are kept. */
  objects?: number
  /** All reasons for dropped entries, with their counts. */
  dropped?: Record<string, number>
  /** Further checks. @returns the problems */
  check?: (annotation: Annotation) => string[]
  heavy?: boolean
}

/** Strings are sent unchanged, objects as JSON. */
type Content = string | object

/** A case whose photo succeeds, despite this description. */
export function described(name: string, describe: Content, check?: AnswerCase['check']): AnswerCase {
  return answered(name, { describe, locate: OBJECTS }, check ? { check } : {})
}

export function located(name: string, locate: Content, more: Partial<AnswerCase> = {}): AnswerCase {
  return answered(name, { describe: DESCRIPTION, locate }, more)
}

function answered(
  name: string,
  content: { describe: Content; locate: Content },
  more: Partial<AnswerCase>,
): AnswerCase {
  const answer = {
    describe: { body: envelope(content.describe) },
    locate: { body: envelope(content.locate) },
  }
  return { name, answer, expected: SUCCEEDS, ...more }
}

/** A complete response body. The emulator would truncate a text at the requested number of tokens. */
export function envelope(content: Content, more: Record<string, string> = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }], ...more }
}

/** @returns the complaint, unless the condition holds */
export function unless(holds: boolean, complaint: string): string[] {
  return holds ? [] : [complaint]
}
