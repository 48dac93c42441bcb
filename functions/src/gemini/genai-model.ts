import type { GenerateContentParameters, GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { toContents } from './contents.ts'
import { readAnswerText } from './finish-reason.ts'
import { type GenaiClientOptions, loadClient } from './genai-client.ts'
import { generateConfig } from './generate-config.ts'
import { ImageFiles, type ImageFilesOptions, type PlacedPart } from './image-files.ts'
import { openStream } from './open-stream.ts'
import { RETRY_POLICY, type RetryPolicy, withRetry } from './retry.ts'
import { readUsage, readVersion } from './usage.ts'
import type { ModelAnswer, ModelRequest, VisionModel } from './vision-model.ts'

export type GenaiModelOptions = GenaiClientOptions & {
  retry?: RetryPolicy
  /** Where images go that do not fit into a request; without it, all are sent inline, and the service refuses what is too large. */
  files?: ImageFilesOptions
}

/** Gemini by @google/genai. */
export function createGenaiModel(options: GenaiModelOptions): VisionModel {
  let client: Promise<GoogleGenAI> | undefined
  const provider = options.provider.name
  const policy = options.retry ?? RETRY_POLICY
  const files = options.files && new ImageFiles(provider, options.files)

  /** Runs `attempt` as often as it takes, with the request as it is sent. */
  async function send<T>(
    request: ModelRequest,
    signal: AbortSignal | undefined,
    attempt: (client: GoogleGenAI, prompt: GenerateContentParameters) => Promise<T>,
  ): Promise<T> {
    const genai = await (client ??= loadClient(options))
    const sendParts = async (parts: PlacedPart[]) => {
      const contents = toContents(parts, request)
      const prompt = { model: request.model, contents, config: generateConfig(request) }
      const patience = {
        ...policy,
        maxWaitMs: Math.min(policy.maxWaitMs, request.maxWaitMs ?? policy.maxWaitMs),
      }
      const run = async () => {
        request.onAttempt?.()
        return attempt(genai, prompt)
      }
      return withRetry(run, patience, signal)
    }
    return files ? files.withFiles(request, signal, sendParts) : sendParts(request.parts)
  }

  const toAnswer = (response: Partial<GenerateContentResponse>, { model }: ModelRequest): ModelAnswer => ({
    ...readAnswerText(response),
    model: { provider, requested: model, version: readVersion(response.modelVersion, model) },
    usage: readUsage(response.usageMetadata),
  })

  return {
    provider,
    async generate(request, signal) {
      const response = await send(request, signal, async ({ models }, prompt) => {
        const config = { ...prompt.config, ...(signal && { abortSignal: signal }) }
        return models.generateContent({ ...prompt, config })
      })
      return toAnswer(response, request)
    },
    async stream(request, onText, signal) {
      const stream = await send(request, signal, async ({ models }, prompt) =>
        openStream(models, prompt, options.timeoutMs, signal),
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
