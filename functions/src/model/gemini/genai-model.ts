import type {
  GenerateContentParameters,
  GenerateContentResponse,
  GoogleGenAI,
  HttpOptions,
} from '@google/genai'
import { NO_USAGE } from '../../document/usage.ts'
import {
  type ModelAnswer,
  ModelFailure,
  type ModelRequest,
  type ServiceTier,
  type VisionModel,
} from '../../ports/vision-model.ts'
import { paceOf, requestPacers } from '../request-pacer.ts'
import { type Pacing, RETRY_POLICY, type RetryPolicy, type Sent, withRetry } from '../retry.ts'
import { sendAtTier } from '../service-tier.ts'
import { readAnswerText } from './finish-reason.ts'
import { FLEX_HTTP, type GenaiClientOptions, loadClient } from './genai-client.ts'
import { ImageFiles, type ImageFilesOptions, type PlacedPart } from './image-files.ts'
import { toPrompt } from './prompt.ts'
import { readUsage, readVersion } from './read-usage.ts'
import { callService, endOf } from './service-error.ts'
import { shrinkImages } from './shrink-images.ts'
import { streamText } from './stream-text.ts'

export type GenaiModelOptions = GenaiClientOptions & {
  retry?: RetryPolicy
  /** Clock and randomness, for tests. */
  pacing?: Pacing
  /** Of each model, at most. 0, the default: no limit. */
  requestsPerMinute?: number
  /** Replaces a model that does not exist or stays overloaded. Empty: none. */
  fallbackModel?: string
  /**
   * Stores images that do not fit into a request. Without it, all images are sent inline, and the service
   * refuses large requests.
   */
  files?: ImageFilesOptions
}

/** Sends a prompt once. @throws errors of the SDK as they are */
type Attempt<T> = (client: GoogleGenAI, prompt: GenerateContentParameters) => Promise<T>

/** Gemini by @google/genai. */
export function createGenaiModel(options: GenaiModelOptions): VisionModel {
  let client: Promise<GoogleGenAI> | undefined
  const provider = options.provider.name
  const { retry: policy = RETRY_POLICY, pacing, fallbackModel = '' } = options
  const files = options.files && new ImageFiles(provider, options.files)
  const pacerOf = requestPacers(options.requestsPerMinute ?? 0)

  /**
   * Sends a request with retries, at the tier `flex` without. Failed uploads are thrown: they say nothing
   * about the model.
   */
  async function sendOnce<T>(
    request: ModelRequest,
    attempt: Attempt<T>,
    signal: AbortSignal | undefined,
    tier: ServiceTier = 'standard',
  ): Promise<Sent<T>> {
    const genai = await (client ??= loadClient(options))
    const { maxWaitMs = policy.maxWaitMs, timeLeftMs, attempts } = request
    const [maxAttempts, timeoutMs] =
      tier === 'flex' ? [1, FLEX_HTTP.timeout] : [policy.attempts, options.timeoutMs]
    const limits = { ...policy, attempts: maxAttempts, maxWaitMs: Math.min(policy.maxWaitMs, maxWaitMs) }
    const pace = paceOf(pacerOf(request.model), request, timeoutMs, signal, tier)
    const sendParts = async (parts: PlacedPart[]) => {
      const prompt = toPrompt(request, parts)
      const sendPrompt = async () => callService(async () => attempt(genai, prompt))
      return withRetry(sendPrompt, limits, { signal, pace, attempts, timeLeftMs, pacing })
    }
    return files ? files.withFiles(request, signal, sendParts) : sendParts(request.parts)
  }

  /** Repeats a request that is too large with smaller images. */
  async function sendFitting<T>(
    request: ModelRequest,
    attempt: Attempt<T>,
    signal: AbortSignal | undefined,
  ): Promise<Sent<T>> {
    const sent = await sendOnce(request, attempt, signal)
    if (!('failure' in sent) || sent.failure.reason !== 'too-large') return sent
    const parts = await shrinkImages(request.parts)
    return parts ? sendOnce({ ...request, parts }, attempt, signal) : sent
  }

  /** Sends a request to its model, or to the fallback if that model does not exist or stays overloaded. */
  async function send<T>(
    request: ModelRequest,
    attempt: Attempt<T>,
    signal: AbortSignal | undefined,
  ): Promise<Sent<T> & { model: string }> {
    const first = await sendFitting(request, attempt, signal)
    const hasFallback = fallbackModel !== '' && fallbackModel !== request.model
    const helps = 'failure' in first && hasFallback && !signal?.aborted && mayFallBack(first.failure)
    if (!helps) return { ...first, model: request.model }
    const second = await sendFitting({ ...request, model: fallbackModel }, attempt, signal).catch(
      (error: unknown): Sent<T> => {
        // An upload for the fallback failed.
        if (error instanceof ModelFailure) return { failure: error }
        throw error
      },
    )
    if ('failure' in second)
      return { failure: failureOfBoth(first.failure, second.failure), model: request.model }
    return { ...second, model: fallbackModel }
  }

  function toAnswer(
    response: Partial<GenerateContentResponse>,
    { model: requested }: ModelRequest,
    model: string,
  ): ModelAnswer {
    const answer = readAnswerText(response)
    // Not about this answer only: a disabled account, for example. The circuit breaker must see it.
    if (answer.failure instanceof ModelFailure) throw answer.failure
    return {
      ...answer,
      model: { provider, requested, version: readVersion(response.modelVersion, model) },
      usage: readUsage(response.usageMetadata),
    }
  }

  /** A response that is too large to read is a billed answer without text. @throws any other error */
  function asUnreadable(error: unknown, { model }: ModelRequest): ModelAnswer {
    if (!(error instanceof ModelFailure) || error.code !== 'answer-unreadable') throw error
    return {
      text: '',
      truncated: false,
      failure: error,
      model: { provider, requested: model, version: model },
      usage: { ...NO_USAGE, calls: 1 },
    }
  }

  return {
    provider,
    warmUp() {
      client ??= loadClient(options)
      client.catch(() => undefined)
    },
    async generate(request, signal) {
      type SentResponse = Sent<GenerateContentResponse> & { model: string }
      const attemptWith =
        (httpOptions?: HttpOptions): Attempt<GenerateContentResponse> =>
        async ({ models }, prompt) => {
          const abortSignal = signal && { abortSignal: signal }
          const config = { ...prompt.config, ...(httpOptions && { httpOptions }), ...abortSignal }
          return models.generateContent({ ...prompt, config })
        }
      const sent = await sendAtTier<SentResponse>(request, signal, {
        flex: async (flex) => ({
          ...(await sendOnce(flex, attemptWith(FLEX_HTTP), signal, 'flex')),
          model: flex.model,
        }),
        standard: async (standard) => send(standard, attemptWith(), signal),
      })
      if ('failure' in sent) return asUnreadable(sent.failure, request)
      return toAnswer(sent.value, request, sent.model)
    },
    async *stream(requested, signal) {
      const { serviceTier: _, ...request } = requested
      // Up to the first text everything may be repeated.
      const sent = await send(
        request,
        async ({ models }, prompt) => {
          const texts = streamText(models, prompt, options.timeoutMs, signal)
          return { texts, first: await texts.next() }
        },
        signal,
      )
      if ('failure' in sent) return asUnreadable(sent.failure, request)
      const { texts, first } = sent.value
      try {
        let next = first
        for (; !next.done; next = await texts.next()) yield next.value
        return toAnswer(next.value, request, sent.model)
      } catch (error) {
        return asUnreadable(endOf(error, signal), request)
      } finally {
        await texts.return({})
      }
    },
  }
}

/** Whether another model may answer instead. */
function mayFallBack({ code, fault }: ModelFailure): boolean {
  return code === 'model-not-found' || fault === 'overloaded'
}

/**
 * The failure of a request that neither model answered. A fallback that is missing or used up says nothing
 * about the first model, and neither does a refusal while the first model may still answer.
 */
function failureOfBoth(first: ModelFailure, fallback: ModelFailure): ModelFailure {
  if (fallback.code === 'model-not-found' || fallback.code === 'model-day-limit') return first
  return first.retryable && fallback.code.startsWith('model-refused-') ? first : fallback
}
