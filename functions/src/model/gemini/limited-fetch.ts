import { ModelFailure } from '../../ports/vision-model.ts'

/**
 * The largest response body, in bytes. The largest real answer, 100 objects with PNG masks of 20 kB, is a
 * tenth of it.
 */
export const MAX_RESPONSE_BYTES = 32 * 1024 * 1024

/**
 * The largest streamed body. Streamed answers end after 4096 tokens. With each packet the SDK searches all
 * that it has of a chunk, so a chunk of 16 MB takes a core 3 s, and twice the size four times as long
 * (@google/genai 3.3.0).
 */
export const MAX_STREAMED_BYTES = 4 * 1024 * 1024

/**
 * `fetch` with a limit for response bodies: beyond it reading fails with `answer-unreadable`, and the
 * connection closes.
 */
export function limitedFetch(
  fetch: typeof globalThis.fetch,
  maxBytes = MAX_RESPONSE_BYTES,
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (!response.body) return response
    let bytes = 0
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          bytes += chunk.length
          if (bytes <= maxBytes) controller.enqueue(chunk)
          else controller.error(tooLarge(maxBytes))
        },
      }),
    )
    const { status, statusText, headers } = response
    return new Response(counted, { status, statusText, headers })
  }
}

function tooLarge(maxBytes: number): ModelFailure {
  const message = `The model service answered with more than ${maxBytes} bytes`
  return new ModelFailure('answer-unreadable', message, {
    fault: 'final',
    billing: 'billed',
    scope: 'request',
  })
}
