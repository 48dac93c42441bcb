import type { GenerateContentParameters, GenerateContentResponse, Models } from '@google/genai'
import { ModelFailure } from '../../ports/vision-model.ts'
import { limitedFetch, MAX_STREAMED_BYTES } from './limited-fetch.ts'
import { asServiceError, DAMAGED_RESPONSE } from './service-error.ts'
import { StreamedResponse } from './streamed-response.ts'

/** An answer on its way. */
export type OpenStream = {
  /** Undefined when the answer ended without any text. */
  firstText: string | undefined
  /** The next piece of text, or undefined at the end. @throws VisionError `model-*`, or as the signal says */
  nextText: () => Promise<string | undefined>
  /** What `generateContent` would have given, once all was read. */
  response: Partial<GenerateContentResponse>
  /** Ends the request, if it has not ended. */
  close: () => void
}

/**
 * Sends a request and reads its answer up to the first piece of text, so that all that may be repeated has happened.
 * @param timeoutMs the longest wait for each piece. The whole may take longer: an answer that keeps coming is a healthy one.
 * @throws VisionError `model-*`; anything else as it is
 */
export async function openStream(
  models: Models,
  prompt: GenerateContentParameters,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<OpenStream> {
  const end = new AbortController()
  const abortSignal = signal ? AbortSignal.any([signal, end.signal]) : end.signal
  // 0: the SDK's own time-out is one for the whole answer, and the server would be told of it (X-Server-Timeout).
  const httpOptions = { timeout: 0, fetch: limitedFetch(globalThis.fetch, MAX_STREAMED_BYTES) }
  const config = { ...prompt.config, abortSignal, httpOptions }
  const streamed = new StreamedResponse()
  let chunks: AsyncGenerator<GenerateContentResponse> | undefined

  const nextText = async (): Promise<string | undefined> => {
    const timer = setTimeout(() => end.abort(), timeoutMs)
    try {
      chunks ??= await models.generateContentStream({ ...prompt, config })
      for (;;) {
        const { done, value } = await chunks.next()
        if (done) break
        timer.refresh()
        const text = streamed.add(value)
        if (text !== '') return text
      }
      if (!streamed.isWhole)
        throw new ModelFailure(
          'model-unavailable',
          'The answer ended before it was complete',
          DAMAGED_RESPONSE,
        )
      return undefined
    } catch (error) {
      // Without it the connection would stay: the SDK lets go of the body, but does not cancel it (@google/genai 3.1.0).
      end.abort()
      throw asServiceError(error) ?? error
    } finally {
      clearTimeout(timer)
    }
  }
  const firstText = await nextText()
  return { firstText, nextText, response: streamed.response, close: () => end.abort() }
}
