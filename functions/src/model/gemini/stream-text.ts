import type { GenerateContentParameters, GenerateContentResponse, Models } from '@google/genai'
import { ModelFailure } from '../../ports/vision-model.ts'
import { readChunk } from './finish-reason.ts'
import { limitedFetch, MAX_STREAMED_BYTES } from './limited-fetch.ts'
import { asServiceError, DAMAGED_RESPONSE } from './service-error.ts'

type Response = Partial<GenerateContentResponse>

/**
 * Sends a request and yields the text of its answer. Returns the response that `generateContent` would have
 * given. A consumer that stops early ends the request.
 * @param timeoutMs the longest wait for each chunk. The whole answer may take longer.
 * @throws ModelFailure; anything else as it is
 */
export async function* streamText(
  models: Models,
  prompt: GenerateContentParameters,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, Response, void> {
  const end = new AbortController()
  const abortSignal = signal ? AbortSignal.any([signal, end.signal]) : end.signal
  // 0: the SDK's own time limit is for the whole answer, and is sent to the server (X-Server-Timeout).
  const httpOptions = { timeout: 0, fetch: limitedFetch(globalThis.fetch, MAX_STREAMED_BYTES) }
  const config = { ...prompt.config, abortSignal, httpOptions }
  const startTimer = () => setTimeout(() => end.abort(), timeoutMs)
  let timer = startTimer()
  const streamed = new StreamedResponse()
  try {
    for await (const chunk of await models.generateContentStream({ ...prompt, config })) {
      timer.refresh()
      const text = streamed.add(chunk)
      if (text === '') continue
      // The time that the consumer takes is not the service's.
      clearTimeout(timer)
      yield text
      timer = startTimer()
    }
    if (streamed.isComplete) return streamed.response
    throw new ModelFailure('model-unavailable', 'The answer ended before it was complete', DAMAGED_RESPONSE)
  } catch (error) {
    throw asServiceError(error) ?? error
  } finally {
    clearTimeout(timer)
    // The SDK releases the body but does not cancel it, so the connection would stay open (@google/genai
    // 3.3.0).
    end.abort()
  }
}

/** Joins the chunks of a stream to one response. */
class StreamedResponse {
  readonly response: Response & Record<string, unknown> = {}
  private text = ''
  private finishReason: string | undefined
  private isReadable = true

  /** @returns the text to deliver now, without thoughts and blocked text */
  add(chunk: GenerateContentResponse): string {
    const { response } = this
    if (chunk.modelVersion) response.modelVersion = chunk.modelVersion
    // The usage of each chunk is the total so far.
    if (chunk.usageMetadata) response.usageMetadata = chunk.usageMetadata
    if (!this.isReadable) return ''
    const read = readChunk(chunk)
    if (!read) {
      // `readAnswerText` reports what is wrong with it.
      this.isReadable = false
      Object.assign(response, { promptFeedback: chunk.promptFeedback, candidates: chunk.candidates })
      return ''
    }
    this.text += read.text
    this.finishReason = read.finishReason ?? this.finishReason
    if (read.blockReason) response.promptFeedback = chunk.promptFeedback!
    response.candidates = [
      {
        content: { parts: [{ text: this.text }] },
        ...(this.finishReason && { finishReason: this.finishReason }),
      },
    ] as GenerateContentResponse['candidates'] & {}
    return read.stopped ? '' : read.text
  }

  /** Whether the service sent the end of the answer. A stream that lost its end closes without an error. */
  get isComplete(): boolean {
    return !this.isReadable || this.finishReason !== undefined || this.response.promptFeedback !== undefined
  }
}
