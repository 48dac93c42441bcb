import type { GenerateContentParameters, GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { toContents } from './contents.ts'
import { readAnswerText } from './finish-reason.ts'
import { type GenaiClientOptions, loadClient } from './genai-client.ts'
import { generateConfig } from './generate-config.ts'
import { openStream } from './open-stream.ts'
import { RETRY_POLICY, type RetryPolicy, withRetry } from './retry.ts'
import { readUsage } from './usage.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from './vision-model.ts'

export type GenaiModelOptions = GenaiClientOptions & { retry?: RetryPolicy }

/** Gemini by @google/genai. */
export function createGenaiModel(options: GenaiModelOptions): VisionModel {
  let client: Promise<GoogleGenAI> | undefined
  const provider = options.provider.name
  const policy = options.retry ?? RETRY_POLICY

  const toAnswer = (response: Partial<GenerateContentResponse>, { model }: ModelRequest): ModelAnswer => ({
    ...readAnswerText(response),
    model: { provider, requested: model, version: response.modelVersion ?? model },
    usage: readUsage(response.usageMetadata),
  })

  return {
    provider,
    async generate(request, signal) {
      const { models } = await (client ??= loadClient(options))
      const prompt = toPrompt(request)
      const config = { ...prompt.config, ...(signal && { abortSignal: signal }) }
      return withRetry(
        async () => toAnswer(await models.generateContent({ ...prompt, config }), request),
        policy,
        signal,
      )
    },
    async stream(request, onText, signal) {
      const { models } = await (client ??= loadClient(options))
      const prompt = toPrompt(request)
      const stream = await withRetry(
        () => openStream(models, prompt, options.timeoutMs, signal),
        policy,
        signal,
      )
      try {
        for (let text = stream.firstText; text !== undefined; text = await stream.nextText())
          await onText(text)
      } finally {
        stream.close()
      }
      return toAnswer(stream.response, request)
    },
  }
}

function toPrompt(request: ModelRequest): GenerateContentParameters {
  return { model: request.model, contents: toContents(request), config: generateConfig(request) }
}
