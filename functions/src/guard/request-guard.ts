import { randomUUID } from 'node:crypto'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import * as logger from 'firebase-functions/logger'
import { BODY_LIMITS, SMALL_BODY_BYTES } from '../config/body-limits.ts'
import { type ErrorCode, FAILURES } from '../errors.ts'
import { bodyProblem } from './body-shape.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => void
type Refusal = { code: ErrorCode; problem: string }
type Options = { functionName: string | undefined; origins: string[] }

/**
 * Refuses bodies that no valid call has, before the functions framework parses them. The framework creates its
 * server after it has loaded index.ts, so the guard takes its place in front of the framework with the first
 * request. docs/decisions/2026-11-30-request-guard.md
 */
export function guardRequests({ functionName, origins }: Options): void {
  const maxBytes = functionName === undefined ? undefined : BODY_LIMITS.get(functionName)
  if (maxBytes === undefined) return
  const guarded = new WeakSet<Server>()
  // https://nodejs.org/api/diagnostics_channel.html#http, read 2026-11-30
  subscribe('http.server.request.start', (message) => {
    const { server } = message as { server: Server }
    if (guarded.has(server)) return
    guarded.add(server)
    const listeners = server.listeners('request') as Listener[]
    server.removeAllListeners('request')
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const refuse = (refusal: Refusal) => sendRefusal(request, response, refusal, { functionName, origins })
      const refusal = refusalOfHeaders(request, maxBytes)
      if (refusal) return refuse(refusal)
      watchBody(request, response, maxBytes, refuse)
      for (const listener of listeners) listener.call(server, request, response)
    })
  })
}

function refusalOfHeaders({ headers }: IncomingMessage, maxBytes: number): Refusal | undefined {
  const isChunked = headers['transfer-encoding'] !== undefined
  const bytes = Number(headers['content-length'] ?? 0)
  if (bytes === 0 && !isChunked) return undefined
  if (bytes > maxBytes) return tooLarge(maxBytes)
  if (bytes > SMALL_BODY_BYTES && !hasToken(headers)) return withoutToken
  // The framework would decompress without a limit below 1 GB.
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return { code: 'invalid-request', problem: 'the body is compressed' }
  // The protocol of callable functions. Other types would be parsed and copied for nothing.
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(headers['content-type'] ?? ''))
    return { code: 'invalid-request', problem: 'the body is not JSON in UTF-8' }
  return undefined
}

/** Checks the size as the body arrives, and the shape before the framework parses the body. */
function watchBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  refuse: (refusal: Refusal) => void,
): void {
  if (request.headers['transfer-encoding'] !== undefined) {
    const isSmall = !hasToken(request.headers)
    const limit = isSmall ? Math.min(SMALL_BODY_BYTES, maxBytes) : maxBytes
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= limit || response.headersSent) return
      response.once('finish', () => request.destroy())
      refuse(isSmall && maxBytes > SMALL_BODY_BYTES ? withoutToken : tooLarge(maxBytes))
    })
  }
  // The body parser assigns the bytes to `rawBody` before it parses them, and stops if that throws.
  let rawBody: Buffer | undefined
  Object.defineProperty(request, 'rawBody', {
    configurable: true,
    enumerable: true,
    get: () => rawBody,
    set(body: Buffer) {
      const problem = bodyProblem(body)
      if (problem !== undefined) {
        // The framework answers the error with an HTML page: send the refusal instead.
        const end = response.end.bind(response)
        response.end = (() => {
          response.end = end
          refuse({ code: 'invalid-request', problem })
          return response
        }) as typeof response.end
        throw new Error(problem)
      }
      rawBody = body
    },
  })
}

/** The form of an ID token. The SDK verifies it later; this check only refuses large bodies without one. */
function hasToken({ authorization }: IncomingMessage['headers']): boolean {
  return /^Bearer [\w-]+\.[\w-]+\.[\w-]*$/.test(authorization ?? '')
}

const withoutToken: Refusal = { code: 'unauthenticated', problem: 'a large body without an ID token' }

function tooLarge(maxBytes: number): Refusal {
  return { code: 'request-too-large', problem: `the body has more than ${maxBytes} bytes` }
}

/** Responds as the SDK does. Node reads and discards the rest of the body. */
function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  { code, problem }: Refusal,
  { functionName, origins }: Options,
): void {
  const requestId = randomUUID()
  logger.info('call refused', { function: functionName, requestId, code, problem })
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  const { message, retryable } = FAILURES[code]
  const isUnauthenticated = code === 'unauthenticated'
  const status = isUnauthenticated ? 'UNAUTHENTICATED' : 'INVALID_ARGUMENT'
  const { origin } = request.headers
  if (origin !== undefined && origins.includes(origin)) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('vary', 'Origin')
  }
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.statusCode = isUnauthenticated ? 401 : 400
  response.end(
    JSON.stringify({ error: { status, message, details: { reason: code, retryable, requestId } } }),
  )
}
