import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import type { RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { VisionError } from '../../errors.ts'
import { checkImageUrl } from '../../image/image-url.ts'
import type { UrlImages } from '../../ports/url-images.ts'
import { readImageResponse, unreadable } from './image-response.ts'

const TIMEOUT_MS = 10_000
const MAX_REDIRECTS = 3
/** Whatever the caller allows: an instance holds several images at a time. */
const MAX_BYTES = 10 * 1024 * 1024

/** All are for tests: deployed is `httpsImages()`. */
export type HttpsImagesOptions = {
  /** Longest time from the start to the last byte, redirects included. */
  timeoutMs?: number
  /** The only port that is fetched from. */
  port?: number
  /** Another DNS, another certificate authority, an address that is let through although it is not public. */
  agent?: ConstructorParameters<typeof RequestFilteringHttpsAgent>[0]
}

/**
 * Images from hosts that may be anyone's: neither URL, nor redirect, nor DNS may lead to an address that is not public.
 * The agent looks at the address that the connection goes to, after DNS. It loads with the first fetch.
 */
export function httpsImages({
  timeoutMs = TIMEOUT_MS,
  port = 443,
  agent,
}: HttpsImagesOptions = {}): UrlImages {
  let guard: Promise<RequestFilteringHttpsAgent> | undefined
  return {
    async fetch(text, { hosts, maxBytes, signal }) {
      const end = endOf(timeoutMs, signal)
      try {
        let url = checkImageUrl(text, { hosts, port })
        guard ??= loadAgent(agent)
        for (let redirects = 0; ; redirects++) {
          const response = await request(url, await guard, end.signal)
          const location = redirectOf(response)
          if (location === undefined) return await readImageResponse(response, Math.min(maxBytes, MAX_BYTES))
          if (redirects === MAX_REDIRECTS)
            throw unreadable(`it was redirected more than ${MAX_REDIRECTS} times`)
          url = checkImageUrl(location, { hosts, port, redirectedFrom: url })
        }
      } catch (error) {
        throw end.signal.aborted ? end.signal.reason : error
      } finally {
        end.release()
      }
    },
  }
}

async function loadAgent(options: HttpsImagesOptions['agent']): Promise<RequestFilteringHttpsAgent> {
  const { RequestFilteringHttpsAgent: Agent } = await import('request-filtering-agent')
  // Verification is said outright, since NODE_TLS_REJECT_UNAUTHORIZED would otherwise decide.
  return new Agent({ ...options, keepAlive: false, rejectUnauthorized: true })
}

/** Aborts with the VisionError to be thrown: when the time is up, or when the caller gives up. */
function endOf(timeoutMs: number, caller: AbortSignal | undefined) {
  const controller = new AbortController()
  const cancel = () => controller.abort(cancelled(caller?.reason))
  const timer = setTimeout(
    () => controller.abort(unreadable(`it took longer than the ${timeoutMs} ms that it may take in all`)),
    timeoutMs,
  )
  caller?.addEventListener('abort', cancel)
  if (caller?.aborted) cancel()
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer)
      caller?.removeEventListener('abort', cancel)
    },
  }
}

function cancelled(reason: unknown): VisionError {
  if (reason instanceof VisionError) return reason
  return new VisionError('cancelled', 'Cannot fetch the image: the call was cancelled', { cause: reason })
}

/** Asks for the image and nothing else: no cookie, no referrer, nothing of the caller's request. */
async function request(
  url: URL,
  agent: RequestFilteringHttpsAgent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted() // Node would ask the DNS first.
  const headers = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'Firesight' }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { agent, headers, signal })
    .on('response', resolve)
    .on('error', (error) => reject(refusedOrFailed(error)))
    // After a 101, Node closes the connection and says nothing else.
    .on('close', () => reject(unreadable('the connection was closed without an answer')))
  return promise
}

/** Errors of Node name their kind in a code; those of the agent, which refuses an address, have none. Both name host and address. */
function refusedOrFailed(error: Error): VisionError {
  return 'code' in error
    ? unreadable(`the connection failed with ${String(error.code)}`)
    : new VisionError(
        'url-not-allowed',
        'Cannot fetch the image: its host has an address that is not public, and only public ones are fetched from',
      )
}

/** Where the response sends us, which then is all that it is read for. */
function redirectOf(response: IncomingMessage): string | undefined {
  const { statusCode, headers } = response
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || headers.location === undefined) return undefined
  response.destroy()
  return headers.location
}
