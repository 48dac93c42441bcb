import type { Response } from 'express'
import { statusOf } from '../api/api-error.ts'
import type { Method, Reply } from './script.ts'

const HTML =
  '<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n'

/** Sends a scripted fault, status or body. Returns false if the caller must send the usual answer. */
export function sendScripted(
  response: Response,
  { fault, status, body, text }: Reply,
  method: Method,
): boolean {
  if (fault === 'hang') return true
  // The journal must not record this as closed by the client.
  response.locals.cut = fault === 'reset' || fault === 'truncate'
  if (fault === 'reset') {
    response.socket?.resetAndDestroy()
    return true
  }
  if (fault === 'html') {
    response
      .status(status ?? 502)
      .type('html')
      .send(HTML)
    return true
  }
  const scripted = body ?? (status !== undefined && status >= 400 ? errorBody(status, text) : undefined)
  response.status(status ?? 200)
  if (scripted === undefined || isStreamed(method, scripted)) return false
  if (fault === 'truncate') sendTruncated(response, JSON.stringify(scripted))
  else response.json(scripted)
  return true
}

/** Announces the length of the whole body, sends half of it and closes the connection. */
export function sendTruncated(response: Response, body: string): void {
  const bytes = Buffer.from(body)
  response.type('json').set('content-length', String(bytes.length))
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
}

/** For a stream, a body that is a list holds its pieces. */
export function isStreamed(method: Method, body: unknown): body is object[] {
  return method === 'streamGenerateContent' && Array.isArray(body)
}

function errorBody(code: number, message = `Scripted error ${code}.`): object {
  return { error: { code, message, status: statusOf(code) } }
}
