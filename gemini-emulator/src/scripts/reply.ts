import type { Response } from 'express'
import { statusOf } from '../api/api-error.ts'
import type { Method, Reply } from './script.ts'

const HTML =
  '<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n'

/** Answers with a scripted fault, status or body; false when the reply leaves the usual answer to be sent. */
export function sendScripted(
  response: Response,
  { fault, status, body, text }: Reply,
  method: Method,
): boolean {
  if (fault === 'hang') return true
  // So that the journal does not take it for the client's leaving.
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

/** Promises the whole body, sends half of it and closes the connection. */
export function sendTruncated(response: Response, body: string): void {
  const bytes = Buffer.from(body)
  response.type('json').set('content-length', String(bytes.length))
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.socket?.destroy())
}

/** A list as the body of a stream is its pieces. */
export function isStreamed(method: Method, body: unknown): body is object[] {
  return method === 'streamGenerateContent' && Array.isArray(body)
}

function errorBody(code: number, message = `Scripted error ${code}.`): object {
  return { error: { code, message, status: statusOf(code) } }
}
