import type { GenerateContentParameters, GenerateContentResponse, GoogleGenAI } from '@google/genai'
import { NO_USAGE } from '../../document/usage.ts'
import { asVisionError, type VisionError } from '../../errors.ts'
import {
  type ModelAnswer,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from '../../ports/vision-model.ts'
import { type Pacing, RETRY_POLICY, type RetryPolicy, withRetry } from '../retry.ts'
import { toContents } from './contents.ts'
import { Course } from './course.ts'
import { failureOfBoth, mayFallBack } from './fallback.ts'
import { readAnswerText } from './finish-reason.ts'
import { type GenaiClientOptions, loadClient } from './genai-client.ts'
import { generateConfig } from './generate-config.ts'
import { ImageFiles, type ImageFilesOptions, type PlacedPart } from './image-files.ts'
import { openStream } from './open-stream.ts'
import { readUsage, readVersion } from './read-usage.ts'
import { callService, endOf } from './service-error.ts'
import { shrinkImages } from './shrink-images.ts'

export type GenaiModelOptions = GenaiClientOptions & {
  retry?: RetryPolicy
  /** Time and chance, for tests. */
  pacing?: Pacing
  /** Asked in the place of a model that is gone, or that stays overloaded. Empty: none. */
  fallbackModel?: string
  /** Where images go that do not fit into a request; without it, all are sent inline, and the service refuses what is too large. */
  files?: ImageFilesOptions
}

/** Runs one attempt at a prompt. */
type Attempt<T> = (client: GoogleGenAI, prompt: GenerateContentParameters) => Promise<T>

/** What stays the same of a request, however it is sent. */
type Sending<T> = { course: Course; signal: AbortSignal | undefined; attempt: Attempt<T> }

/** Gemini by @google/genai. */
export function createGenaiModel(options: GenaiModelOptions): VisionModel {
  let client: Promise<GoogleGenAI> | undefined
  const provider = options.provider.name
  const { retry: policy = RETRY_POLICY, pacing, fallbackModel = '' } = options
  const files = options.files && new ImageFiles(provider, options.files)

  /** Runs `attempt` as often as it takes, with the request as it is sent. */
  async function sendOnce<T>(request: ModelRequest, { course, signal, attempt }: Sending<T>): Promise<T> {
    const genai = await (client ??= loadClient(options))
    const { maxWaitMs = policy.maxWaitMs, timeLeftMs } = request
    const patience = { ...policy, maxWaitMs: Math.min(policy.maxWaitMs, maxWaitMs) }
    const onAttempt = async (previous?: VisionError) => course.begin(previous)
    const sendParts = async (parts: PlacedPart[]) => {
      const contents = toContents(parts, request)
      const prompt = { model: request.model, contents, config: generateConfig(request) }
      try {
        return await withRetry(async () => callService(async () => attempt(genai, prompt)), patience, {
          signal,
          onAttempt,
          timeLeftMs,
          pacing,
        })
      } catch (error) {
        course.fail(error)
        throw error
      }
    }
    return files ? files.withFiles(request, signal, sendParts) : sendParts(request.parts)
  }

  /** With smaller images, if the service finds the request too large. */
  async function sendFitting<T>(request: ModelRequest, sending: Sending<T>): Promise<T> {
    try {
      return await sendOnce(request, sending)
    } catch (error) {
      const isTooLarge = error instanceof ModelFailure && error.reason === 'too-large'
      const parts = isTooLarge ? await shrinkImages(request.parts) : undefined
      if (!parts) throw error
      return sendOnce({ ...request, parts }, sending)
    }
  }

  /** To the fallback, if the model is gone or stays overloaded. @returns also the model that was asked in the end */
  async function send<T>(
    request: ModelRequest,
    signal: AbortSignal | undefined,
    attempt: Attempt<T>,
  ): Promise<{ sent: T; asked: string }> {
    const course = new Course(request)
    const sending = { course, signal, attempt }
    try {
      return { sent: await sendFitting(request, sending), asked: request.model }
    } catch (error) {
      const helps = course.failedWith(error) && !signal?.aborted && mayFallBack(error)
      if (!helps || ['', request.model].includes(fallbackModel)) throw error
      try {
        const sent = await sendFitting({ ...request, model: fallbackModel }, sending)
        return { sent, asked: fallbackModel }
      } catch (second) {
        throw course.ended ? second : failureOfBoth(error, second)
      }
    }
  }

  const toAnswer = (
    response: Partial<GenerateContentResponse>,
    { model }: ModelRequest,
    asked: string,
  ): ModelAnswer => ({
    ...readAnswerText(response),
    model: { provider, requested: model, version: readVersion(response.modelVersion, asked) },
    usage: readUsage(response.usageMetadata),
  })

  return {
    provider,
    async generate(request, signal) {
      try {
        const { sent, asked } = await send(request, signal, async ({ models }, prompt) => {
          const config = { ...prompt.config, ...(signal && { abortSignal: signal }) }
          return models.generateContent({ ...prompt, config })
        })
        return toAnswer(sent, request, asked)
      } catch (error) {
        return unreadable(error, request)
      }
    },
    async stream(request, onText, signal) {
      try {
        const { sent: stream, asked } = await send(request, signal, async ({ models }, prompt) =>
          openStream(models, prompt, options.timeoutMs, signal),
        )
        try {
          const nextText = async () =>
            stream.nextText().catch((error: unknown) => {
              throw endOf(error, signal)
            })
          for (let text = stream.firstText; text !== undefined; text = await nextText()) await onText(text)
        } finally {
          stream.close()
        }
        return toAnswer(stream.response, request, asked)
      } catch (error) {
        return unreadable(error, request)
      }
    },
  }

  /** An answer that was too large to be read is one all the same: it was paid, and is asked for once more and no oftener. */
  function unreadable(error: unknown, { model }: ModelRequest): ModelAnswer {
    const failure = asVisionError(error)
    if (failure?.code !== 'answer-unreadable') throw error
    return {
      text: '',
      truncated: false,
      failure,
      model: { provider, requested: model, version: model },
      usage: { ...NO_USAGE, calls: 1 },
    }
  }
}
