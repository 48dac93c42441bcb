import { createHash } from 'node:crypto'
import type { FunctionCall } from '../answer/call-function.ts'
import type { Family } from './families.ts'
import type { GenerationConfig } from './generation-config.ts'
import type { Model } from './models.ts'
import { firstTokens, type PromptTokens, textTokens, tokenDetails } from './tokens.ts'

export type Answer = {
  /** Text, or a function call as JSON text. */
  text: string
  functionCall?: FunctionCall | undefined
  finishReason: string
  model: Model
  prompt: PromptTokens
  config: GenerationConfig
  /** Derived from the request, so that whole responses can be compared. */
  responseId: string
}

// Invented numbers of thinking tokens: more at higher levels, none when thinking is off.
const THOUGHT_TOKENS: Record<string, number> = { MINIMAL: 0, LOW: 32, MEDIUM: 64, HIGH: 128, XHIGH: 256 }
const THOUGHT = 'I look for regions of colour that stand out from the background.'

export function responseIdFor(body: Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22)
}

/** Ends a text at `maxOutputTokens` or at a stop sequence. */
export function truncate(text: string, { maxOutputTokens, stopSequences = [] }: GenerationConfig) {
  const stops = stopSequences.map((stop) => text.indexOf(stop)).filter((at) => at >= 0)
  const stopped = stops.length > 0 ? text.slice(0, Math.min(...stops)) : text
  const whole = maxOutputTokens === undefined ? stopped : firstTokens(stopped, maxOutputTokens)
  return { text: whole, finishReason: whole === stopped ? 'STOP' : 'MAX_TOKENS' }
}

/**
 * The response of `generateContent`. https://ai.google.dev/api/generate-content#GenerateContentResponse,
 * 2026-11.
 */
export function envelope(answer: Answer): object {
  const { config, model, finishReason, text, functionCall, responseId } = answer
  const parts = [...thoughtParts(answer), functionCall ? { functionCall } : { text }]
  const candidates = Array.from({ length: config.candidateCount ?? 1 }, (_, index) => ({
    content: { role: 'model', parts },
    finishReason,
    index,
  }))
  return { candidates, usageMetadata: usage(answer, text), modelVersion: model.name, responseId }
}

/** The response of `streamGenerateContent` in pieces. The last one has the finish reason. */
export function chunks(answer: Answer): object[] {
  const { text, functionCall, finishReason, model, responseId } = answer
  const pieces = functionCall ? [text] : splitWords(text)
  const piece = (parts: object[], sent: string, end?: { finishReason: string }) => ({
    candidates: [{ content: { role: 'model', parts }, ...end, index: 0 }],
    usageMetadata: usage(answer, sent),
    modelVersion: model.name,
    responseId,
  })
  const thoughts = thoughtParts(answer)
  return [
    ...(thoughts.length > 0 ? [piece(thoughts, '')] : []),
    ...pieces.map((words, i) => {
      const end = i === pieces.length - 1 ? { finishReason } : undefined
      return piece([functionCall ? { functionCall } : { text: words }], pieces.slice(0, i + 1).join(''), end)
    }),
  ]
}

function thoughtParts({ model, config }: Answer): object[] {
  if (!config.thinkingConfig?.includeThoughts || thoughtTokens(model.family, config) === 0) return []
  return [{ text: THOUGHT, thought: true }]
}

function usage({ prompt, model, config }: Answer, text: string): object {
  const promptTokenCount = prompt.text + prompt.image
  const candidatesTokenCount = textTokens(text) * (config.candidateCount ?? 1)
  const thoughtsTokenCount = thoughtTokens(model.family, config)
  return {
    promptTokenCount,
    candidatesTokenCount,
    ...(thoughtsTokenCount > 0 && { thoughtsTokenCount }),
    totalTokenCount: promptTokenCount + candidatesTokenCount + thoughtsTokenCount,
    promptTokensDetails: tokenDetails(prompt),
  }
}

function thoughtTokens({ thinking }: Family, { thinkingConfig = {} }: GenerationConfig): number {
  const { thinkingBudget, thinkingLevel } = thinkingConfig
  if (thinking.control === 'none' || thinkingBudget === 0) return 0
  if (thinking.control === 'budget' && !thinking.byDefault && thinkingBudget === undefined) return 0
  const byDefault = thinking.control === 'level' ? thinking.default : 'MEDIUM'
  const tokens = THOUGHT_TOKENS[thinkingLevel ?? byDefault] ?? THOUGHT_TOKENS[byDefault]!
  return thinkingBudget === undefined || thinkingBudget < 0 ? tokens : Math.min(tokens, thinkingBudget)
}

/** Splits a text into about eight pieces at most, and into two or more if it has two words. */
function splitWords(text: string): string[] {
  const words = text.split(/(?<=\s)(?=\S)/)
  const step = Math.max(1, Math.ceil(words.length / 8))
  const pieces: string[] = []
  for (let i = 0; i < words.length; i += step) pieces.push(words.slice(i, i + step).join(''))
  return pieces
}
