import type { VisionError } from '../errors.ts'
import type { ModelIdentity, Usage } from './usage.ts'

/** What the tasks need of a model that looks at pictures. Adapter: `genai-model.ts`. */
export interface VisionModel {
  readonly provider: ModelIdentity['provider']
  /**
   * Asks, with retries of what may heal at once.
   * @throws VisionError `model-*` when the service does not answer
   */
  generate(request: ModelRequest, signal?: AbortSignal): Promise<ModelAnswer>
}

export type ModelRequest = {
  model: string
  /** Our rules. Nothing that a user or a picture says ever goes here. */
  systemInstruction: string
  /** With one image: the image first, then the text. https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11. */
  parts: RequestPart[]
  /** Ask for JSON; with a schema, for JSON of that shape (JSON Schema, the keywords that Gemini supports). */
  json?: { schema?: object }
  /** `least` turns thinking off where the family allows it: boxes get better, answers faster. */
  thinking: 'least' | 'default'
  maxOutputTokens: number
  /** 0 to 2; sent only where the family still takes it. */
  temperature?: number
}

export type RequestPart = { text: string } | { image: { mimeType: string; data: Buffer } }

export type ModelAnswer = {
  text: string
  /** Why there is no text to use: `blocked-*` or `answer-*`. */
  failure?: VisionError | undefined
  /** The answer ended at the token limit, so its end is missing. */
  truncated: boolean
  model: ModelIdentity
  usage: Usage
}
