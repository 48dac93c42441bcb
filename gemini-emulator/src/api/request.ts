import type { JsonSchema } from '../answer/schema/json-schema.ts'
import type { GenerationConfig } from './generation-config.ts'

/** A generateContent request after `readMessage`. */
export type GenerateContentRequest = {
  model?: string
  contents?: Content[]
  systemInstruction?: Content
  generationConfig?: GenerationConfig
  tools?: { functionDeclarations?: FunctionDeclaration[] }[]
  toolConfig?: { functionCallingConfig?: { mode?: string; allowedFunctionNames?: string[] } }
  serviceTier?: string
}

/** Contents only, or a whole request. */
export type CountTokensRequest = GenerateContentRequest & { generateContentRequest?: GenerateContentRequest }

export type CreateFileRequest = { file?: { name?: string; displayName?: string; mimeType?: string } }

export type Content = { role?: string; parts?: Part[] }

export type Part = {
  text?: string
  inlineData?: { mimeType?: string; data?: Buffer }
  fileData?: { mimeType?: string; fileUri?: string }
  thought?: boolean
  mediaResolution?: { level?: string }
}

export type FunctionDeclaration = {
  name?: string
  description?: string
  parameters?: JsonSchema
  parametersJsonSchema?: JsonSchema
}

/** An image of a request with its bytes. */
export type RequestImage = {
  mimeType: string
  bytes: Buffer
  source: 'inlineData' | 'fileData'
  fileUri?: string
  mediaResolution?: string
}

/** The text parts of the user's turns, in order, without earlier answers of the model. */
export function userTexts({ contents = [] }: GenerateContentRequest): string[] {
  return contents.filter(({ role }) => role !== 'model').flatMap(({ parts = [] }) => textsOf(parts))
}

export function systemText({ systemInstruction }: GenerateContentRequest): string {
  return textsOf(systemInstruction?.parts ?? []).join('\n')
}

function textsOf(parts: Part[]): string[] {
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text]))
}
