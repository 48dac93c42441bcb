import type {
  Content,
  GenerateContentConfig,
  GenerateContentParameters,
  MediaResolution,
  Part,
  ServiceTier,
  ThinkingLevel,
} from '@google/genai'
import type { ModelRequest } from '../../ports/vision-model.ts'
import { modelFamily } from '../model-families.ts'
import type { PlacedPart } from './image-files.ts'

/** A request in the form of the SDK. @param parts of the request, with files in place of some images */
export function toPrompt(request: ModelRequest, parts: PlacedPart[]): GenerateContentParameters {
  const followUps: Content[] = (request.followUps ?? []).map(({ role, text }) => ({
    role,
    parts: [{ text }],
  }))
  return {
    model: request.model,
    contents: [{ role: 'user', parts: parts.map(toPart) }, ...followUps],
    config: generateConfig(request),
  }
}

function toPart(part: PlacedPart): Part {
  if ('text' in part) return { text: part.text }
  if ('file' in part) return { fileData: { mimeType: part.file.mimeType, fileUri: part.file.uri } }
  return { inlineData: { mimeType: part.image.mimeType, data: part.image.data.toString('base64') } }
}

/** The settings of a request. They depend on the model's family, and each wrong combination is a 400. */
export function generateConfig(request: ModelRequest): GenerateContentConfig {
  const { thinking, sampling, images } = modelFamily(request.model)
  const { mediaResolution, serviceTier } = request
  return {
    systemInstruction: request.systemInstruction,
    maxOutputTokens: request.maxOutputTokens,
    // By default the SDK sends more requests for an answer that ends with CONTINUATION (@google/genai 3.3.0).
    // `BillableAttempts` could not count them.
    automaticContinuation: false,
    ...(sampling && request.temperature !== undefined && { temperature: request.temperature }),
    ...(images === 'fixed' &&
      mediaResolution && {
        mediaResolution: `MEDIA_RESOLUTION_${mediaResolution.toUpperCase()}` as MediaResolution,
      }),
    ...(serviceTier && { serviceTier: serviceTier as ServiceTier }),
    ...(request.json && { responseMimeType: 'application/json' }),
    ...(request.json?.schema && { responseJsonSchema: request.json.schema }),
    ...(request.thinking === 'least' &&
      thinking.control === 'budget' && { thinkingConfig: { thinkingBudget: thinking.least } }),
    ...(request.thinking === 'least' &&
      thinking.control === 'level' && { thinkingConfig: { thinkingLevel: thinking.least as ThinkingLevel } }),
  }
}
