import type { FunctionDeclaration, GenerateContentRequest } from '../api/request.ts'
import { type Question, subjectOf } from './answer.ts'
import { fillSchema } from './schema/fill-schema.ts'

export type FunctionCall = { name: string; args: object }

/** All functions of a request that the model may call. */
export function allowedFunctions({ tools = [], toolConfig }: GenerateContentRequest): FunctionDeclaration[] {
  const declared = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations)
  const { allowedFunctionNames: allowed = [] } = toolConfig?.functionCallingConfig ?? {}
  return allowed.length === 0 ? declared : declared.filter(({ name = '' }) => allowed.includes(name))
}

/**
 * The function that the answer must call: the first allowed one in the mode ANY. In other modes the emulator
 * calls no function. https://ai.google.dev/api/caching#FunctionCallingConfig, 2026-11.
 */
export function requiredFunction(request: GenerateContentRequest): FunctionDeclaration | undefined {
  return request.toolConfig?.functionCallingConfig?.mode === 'ANY' ? allowedFunctions(request)[0] : undefined
}

/** Calls a function with arguments that conform to its parameters. */
export async function callFunction(
  { name = '', parameters, parametersJsonSchema }: FunctionDeclaration,
  question: Question,
): Promise<FunctionCall> {
  const schema = parametersJsonSchema ?? parameters ?? { type: 'object' }
  return { name, args: (await fillSchema(schema, subjectOf(question))) as object }
}
