import type { Annotation } from '../../functions/src/document/annotation.ts'
import { DESCRIPTION, OBJECTS } from '../support/vision.ts'
import { type Expected, SUCCEEDS } from './picture-case.ts'
import type { Answer } from './recording-model.ts'

/** What a model says that a picture has talked to, or that has gone mad. */
export type AnswerCase = {
  name: string
  answer: Answer
  expected: Expected
  parameters?: Record<string, string>
  /** How many objects are kept. */
  objects?: number
  /** Every reason for which something was dropped, with its count. */
  dropped?: Record<string, number>
  /** What else does not hold. */
  check?: (annotation: Annotation) => string[]
  heavy?: boolean
}

/** Text that is no JSON goes as it is. */
type Said = string | object

/** A case whose photo ends well, whatever was said. */
export function described(name: string, describe: Said, check?: AnswerCase['check']): AnswerCase {
  return answered(name, { describe, locate: OBJECTS }, check ? { check } : {})
}

export function located(name: string, locate: Said, more: Partial<AnswerCase> = {}): AnswerCase {
  return answered(name, { describe: DESCRIPTION, locate }, more)
}

function answered(
  name: string,
  said: { describe: Said; locate: Said },
  more: Partial<AnswerCase>,
): AnswerCase {
  const answer = { describe: { body: envelope(said.describe) }, locate: { body: envelope(said.locate) } }
  return { name, answer, expected: SUCCEEDS, ...more }
}

/** A whole body: the emulator would cut a text at the number of tokens that was asked for, as an honest service does. */
export function envelope(said: Said, more: Record<string, string> = {}) {
  const text = typeof said === 'string' ? said : JSON.stringify(said)
  return { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }], ...more }
}

/** What is not so, in words. */
export function unless(holds: boolean, complaint: string): string[] {
  return holds ? [] : [complaint]
}
