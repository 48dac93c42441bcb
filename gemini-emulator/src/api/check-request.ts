import { invalid } from './api-error.ts'
import type { Family, Level } from './families.ts'
import type { GenerationConfig } from './generation-config.ts'
import type { Model } from './models.ts'
import type { GenerateContentRequest, Part } from './request.ts'

// https://ai.google.dev/gemini-api/docs/image-understanding, 2026-11.
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif']
const MAX_IMAGES = 3600
const MAX_REQUEST_BYTES = 20 * 1024 * 1024

export function checkSize(bytes: number): void {
  if (bytes > MAX_REQUEST_BYTES)
    throw invalid(`Request payload size exceeds the limit: ${MAX_REQUEST_BYTES} bytes.`)
}

/** @throws ApiError for a well-formed request that the real API would reject */
export function checkRequest(request: GenerateContentRequest, model: Model): void {
  checkContents(request, model)
  checkConfig(request, model)
  checkFunctions(request)
}

export function checkContents({ contents = [] }: GenerateContentRequest, { family }: Model): void {
  if (contents.length === 0) throw invalid('* GenerateContentRequest.contents: contents is not specified\n')
  let images = 0
  for (const [i, { role, parts = [] }] of contents.entries()) {
    if (role !== undefined && !['user', 'model', 'function'].includes(role))
      throw invalid('Please use a valid role: user, model.')
    if (parts.length === 0)
      throw invalid(`* GenerateContentRequest.contents[${i}].parts: contents.parts must not be empty.\n`)
    for (const [j, part] of parts.entries()) {
      checkPart(part, `GenerateContentRequest.contents[${i}].parts[${j}]`, family)
      if (part.inlineData || part.fileData) images++
    }
  }
  if (family.strict && contents.at(-1)?.role === 'model')
    throw invalid('Please ensure that the last turn of the conversation is not a model turn.')
  if (images > MAX_IMAGES)
    throw invalid(`The request has ${images} images. Please use at most ${MAX_IMAGES}.`)
}

function checkPart(part: Part, path: string, family: Family): void {
  if (Object.keys(part).length === 0)
    throw invalid(`* ${path}.data: required oneof field 'data' must have one initialized field\n`)
  if (part.mediaResolution && family.images === 'tiles')
    throw invalid(`* ${path}.media_resolution: is not supported for this model.\n`)
  const data = part.inlineData ?? part.fileData
  if (!data) return
  if (data.mimeType !== undefined && !IMAGE_TYPES.includes(data.mimeType))
    throw invalid(`Unsupported MIME type: ${data.mimeType}`)
  if (part.inlineData && data.mimeType === undefined)
    throw invalid(`* ${path}.inline_data.mime_type: must be set\n`)
  if (part.inlineData && !part.inlineData.data?.length)
    throw invalid(`* ${path}.inline_data.data: must not be empty\n`)
  if (part.fileData && !part.fileData.fileUri) throw invalid(`* ${path}.file_data.file_uri: must be set\n`)
}

function checkConfig(
  { generationConfig: config = {} }: GenerateContentRequest,
  { name, family }: Model,
): void {
  checkThinking(config.thinkingConfig ?? {}, family)
  for (const parameter of ['frequencyPenalty', 'presencePenalty'] as const) {
    if (config[parameter] && family.strict) throw invalid(`${parameter} is not supported for models/${name}.`)
  }
  const { candidateCount = 1, maxOutputTokens = 1 } = config
  if (candidateCount > 1 && family.thinking.control === 'level')
    throw invalid('Multiple candidates is not enabled for this model')
  if (candidateCount < 1 || maxOutputTokens < 1)
    throw invalid(
      '* GenerateContentRequest.generation_config: candidate_count and max_output_tokens must be positive.\n',
    )
  checkResponseForm(config)
}

function checkThinking(
  { thinkingBudget, thinkingLevel }: NonNullable<GenerationConfig['thinkingConfig']>,
  { thinking }: Family,
): void {
  if (thinkingBudget !== undefined && thinkingLevel !== undefined)
    throw invalid('You can only set only one of thinking budget and thinking level.')
  if (thinkingLevel !== undefined && thinking.control !== 'level')
    throw invalid('Thinking level is not supported for this model.')
  if (thinkingBudget !== undefined && thinking.control === 'none')
    throw invalid('Thinking is not enabled for this model.')
  if (thinkingBudget === 0 && thinking.control === 'budget' && thinking.zero === 'rejected')
    throw invalid('Budget 0 is invalid. This model only works in thinking mode.')
  if (thinking.control !== 'level') return
  if (thinkingBudget !== undefined && thinking.budget === 'rejected')
    throw invalid('Thinking budget is not supported for this model.')
  const level = thinkingBudget === 0 ? 'MINIMAL' : thinkingLevel
  const isKnown = level === undefined || level === 'THINKING_LEVEL_UNSPECIFIED'
  if (!isKnown && !thinking.levels.includes(level as Level))
    throw invalid(`Thinking level ${level} is not supported for this model.`)
}

function checkFunctions(request: GenerateContentRequest): void {
  const { mode, allowedFunctionNames = [] } = request.toolConfig?.functionCallingConfig ?? {}
  const declared = (request.tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations)
  if (mode === 'ANY' && declared.length === 0)
    throw invalid('Function calling config is set without function_declarations.')
  const unknown = allowedFunctionNames.find((name) => !declared.some((one) => one.name === name))
  if (unknown !== undefined)
    throw invalid(
      `* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: there is no function "${unknown}" in function_declarations.\n`,
    )
}

function checkResponseForm({ responseSchema, responseJsonSchema, responseMimeType }: GenerationConfig): void {
  const types = ['text/plain', 'application/json', 'text/x.enum']
  if (responseMimeType !== undefined && !types.includes(responseMimeType))
    throw invalid(
      `* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are ${types.join(', ')}\n`,
    )
  if (responseSchema && responseJsonSchema)
    throw invalid('Only one of response_schema and response_json_schema can be set.')
  if (
    responseJsonSchema !== undefined &&
    (typeof responseJsonSchema !== 'object' || responseJsonSchema === null)
  )
    throw invalid(
      "Invalid value at 'generation_config.response_json_schema': a JSON Schema object is expected.",
    )
  if (
    (responseSchema || responseJsonSchema) &&
    responseMimeType !== 'application/json' &&
    responseMimeType !== 'text/x.enum'
  )
    throw invalid(
      "Function calling config or response schema is set: response mime type must be 'application/json'.",
    )
}
