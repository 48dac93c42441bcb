import { ModelFailure } from '../../ports/vision-model.ts'

/**
 * Largest body of an answer, in bytes. The largest that we have seen of real models, a hundred objects with PNG masks of 20 kB each, is a
 * tenth of it; and what is read is held in memory several times over.
 */
export const MAX_RESPONSE_BYTES = 32 * 1024 * 1024

/**
 * As much for an answer that comes in pieces: only answers to questions do, which end after 4096 tokens. The SDK looks through all that it has
 * of a piece with each packet, so a piece of 32 MB takes a core 20 s (@google/genai 3.1.0).
 */
export const MAX_STREAMED_BYTES = 4 * 1024 * 1024

/** `fetch` whose bodies end with `answer-unreadable` when they pass the limit; the connection is closed then. */
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
