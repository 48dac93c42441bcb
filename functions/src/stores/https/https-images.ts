import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import type { RequestFilteringHttpsAgent } from 'request-filtering-agent'
import { VisionError } from '../../errors.ts'
import { checkImageUrl } from '../../image/image-url.ts'
import type { UrlImages } from '../../ports/url-images.ts'
import { readImageResponse, unreadable } from './image-response.ts'

const TIMEOUT_MS = 10_000
const MAX_REDIRECTS = 3
/** An upper bound whatever the caller allows, because an instance holds several images at a time. */
const MAX_BYTES = 10 * 1024 * 1024

/** For tests only. Production uses `httpsImages()`. */
export type HttpsImagesOptions = {
  /** Longest time from the start to the last byte, including redirects. */
  timeoutMs?: number
  /** The only allowed port. */
  port?: number
  /** Another DNS resolver, another certificate authority, or an allowed address that is not public. */
  agent?: ConstructorParameters<typeof RequestFilteringHttpsAgent>[0]
}

/**
 * Fetches images from untrusted hosts. No URL, redirect or DNS answer may lead to an address that is not
 * public: the agent checks the address of the connection, after DNS. The agent's package is loaded with the
 * first fetch.
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
  // Set explicitly, because NODE_TLS_REJECT_UNAUTHORIZED is the default otherwise.
  return new Agent({ ...options, keepAlive: false, rejectUnauthorized: true })
}

/** Aborts with the VisionError to throw, when the time is up or when the caller cancels. */
function endOf(timeoutMs: number, caller: AbortSignal | undefined) {
  const controller = new AbortController()
  const cancel = () => controller.abort(cancelled(caller?.reason))
  const timer = setTimeout(
    () => controller.abort(unreadable(`it took longer than ${timeoutMs} ms in total`)),
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

/** Sends no cookie, no referrer and nothing from the caller's request. */
async function request(
  url: URL,
  agent: RequestFilteringHttpsAgent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted() // Node would start a DNS query first.
  const headers = { accept: 'image/*', 'accept-encoding': 'identity', 'user-agent': 'Firesight' }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { agent, headers, signal })
    .on('response', resolve)
    .on('error', (error) => reject(refusedOrFailed(error)))
    // After a status 101, Node closes the connection without another event.
    .on('close', () => reject(unreadable('the connection was closed without a response')))
  return promise
}

/** Errors of Node have a code, refusals of the agent have none. The messages of both contain the host. */
function refusedOrFailed(error: Error): VisionError {
  return 'code' in error
    ? unreadable(`the connection failed with ${String(error.code)}`)
    : new VisionError('url-not-allowed', 'Cannot fetch the image: its host has an address that is not public')
}

/** The target of a redirect. Closes the connection of the redirecting response. */
function redirectOf(response: IncomingMessage): string | undefined {
  const { statusCode, headers } = response
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || headers.location === undefined) return undefined
  response.destroy()
  return headers.location
}
