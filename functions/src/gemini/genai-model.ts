import type {
  Content,
  GenerateContentConfig,
  GoogleGenAI,
  GoogleGenAIOptions,
  Part,
  ThinkingLevel,
} from '@google/genai'
import { readAnswerText } from './finish-reason.ts'
import { modelFamily } from './model-families.ts'
import { RETRY_POLICY, type RetryPolicy, withRetry } from './retry.ts'
import { readUsage } from './usage.ts'
import type { ModelAnswer, ModelRequest, RequestPart, VisionModel } from './vision-model.ts'

/** How to reach Gemini. */
export type GenaiModelOptions = {
  provider:
    | { name: 'gemini-api'; apiKey: () => string }
    | { name: 'vertex-ai'; project: string; location: string }
  /** Longest wait for one attempt. */
  timeoutMs: number
  /** Another server than Google's, such as the local Gemini API: `http://127.0.0.1:9610`. */
  baseUrl?: string | undefined
  retry?: RetryPolicy
}

/** Gemini by @google/genai, which loads on the first request: most cold starts are for events that never need it. */
export function createGenaiModel(options: GenaiModelOptions): VisionModel {
  let client: Promise<GoogleGenAI> | undefined
  const provider = options.provider.name
  return {
    provider,
    async stream() {
      throw new Error('Cannot stream yet')
    },
    async generate(request, signal) {
      client ??= import('@google/genai').then((genai) => new genai.GoogleGenAI(clientOptions(options)))
      const { models } = await client
      const contents: Content[] = [{ role: 'user', parts: request.parts.map(toPart) }]
      const config = generateConfig(request, signal)
      return withRetry(
        async (): Promise<ModelAnswer> => {
          const response = await models.generateContent({ model: request.model, contents, config })
          return {
            ...readAnswerText(response),
            model: { provider, requested: request.model, version: response.modelVersion ?? request.model },
            usage: readUsage(response.usageMetadata),
          }
        },
        options.retry ?? RETRY_POLICY,
        signal,
      )
    },
  }
}

/** A local server knows no service account, and the machine may have none to look for. */
const LOCAL_CREDENTIALS = {
  getRequestHeaders: async () => new Headers({ authorization: 'Bearer local' }),
} as unknown as NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>

function clientOptions({ provider, timeoutMs, baseUrl }: GenaiModelOptions): GoogleGenAIOptions {
  const httpOptions = { timeout: timeoutMs, ...(baseUrl && { baseUrl }) }
  if (provider.name === 'gemini-api') return { apiKey: provider.apiKey(), httpOptions }
  const { project, location } = provider
  const googleAuthOptions = baseUrl ? { googleAuthOptions: { authClient: LOCAL_CREDENTIALS } } : {}
  return { vertexai: true, project, location, httpOptions, ...googleAuthOptions }
}

function toPart(part: RequestPart): Part {
  if ('text' in part) return { text: part.text }
  return { inlineData: { mimeType: part.image.mimeType, data: part.image.data.toString('base64') } }
}

/** Exported for tests: what is sent depends on the model's family, and each wrong combination is a 400. */
export function generateConfig(request: ModelRequest, signal?: AbortSignal): GenerateContentConfig {
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
    ...(signal && { abortSignal: signal }),
  }
}
