import type { JsonSchema } from '../answer/schema/json-schema.ts'

export type GenerationConfig = {
  stopSequences?: string[]
  responseMimeType?: string
  responseSchema?: JsonSchema
  responseJsonSchema?: JsonSchema
  candidateCount?: number
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  frequencyPenalty?: number
  presencePenalty?: number
  mediaResolution?: string
  thinkingConfig?: { includeThoughts?: boolean; thinkingBudget?: number; thinkingLevel?: string }
}
