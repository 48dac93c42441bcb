import type { GenerateContentConfig, ThinkingLevel } from '@google/genai'
import type { ModelRequest } from '../../ports/vision-model.ts'
import { modelFamily } from '../model-families.ts'

/** The settings of a request: they depend on the model's family, and each wrong combination is a 400. */
export function generateConfig(request: ModelRequest): GenerateContentConfig {
  const { thinking, sampling } = modelFamily(request.model)
  return {
    systemInstruction: request.systemInstruction,
    maxOutputTokens: request.maxOutputTokens,
    ...(sampling && request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.json && { responseMimeType: 'application/json' }),
    ...(request.json?.schema && { responseJsonSchema: request.json.schema }),
    ...(request.thinking === 'least' &&
      thinking.control === 'budget' && { thinkingConfig: { thinkingBudget: thinking.least } }),
    ...(request.thinking === 'least' &&
      thinking.control === 'level' && { thinkingConfig: { thinkingLevel: thinking.least as ThinkingLevel } }),
  }
}
