import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createGoogle, type Google } from '../../tools/doctor/google.ts'

type Answer = { status: number; body: string; type: string }

/**
 * Google's REST services on this machine: `{service}/{path without its query}` answers what a test has put
 * there, else 404.
 */
export function useGoogleServer(project = 'photo-album') {
  let server: Server
  let url = ''
  const answers = new Map<string, Answer[]>()
  const asked: string[] = []
  const sent: { method: string; path: string; body: unknown }[] = []

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', url)
    const key = decodeURIComponent(pathname.slice(1))
    asked.push(key + decodeURIComponent(search))
    const { method = 'GET' } = request
    const body = await text(request)
    if (method !== 'GET') sent.push({ method, path: key, body: parse(body) })
    const found = answers.get(key)
    const next = (found && found.length > 1 ? found.shift() : found?.[0]) ?? googleError(404, 'Not found.')
    response.writeHead(next.status, { 'content-type': next.type }).end(next.body)
  }

  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  beforeEach(() => {
    answers.clear()
    asked.length = 0
    sent.length = 0
  })

  return {
    asked,
    /** The requests that are not GET, with their bodies. */
    sent,
    url: () => url,
    project,
    /** What the doctor has, instead of Google. */
    google: (): Google => createGoogle(project, async () => new Headers(), `${url}/{service}`),
    /** The pages of an answer, one a request; the last is repeated. */
    put(path: string, ...pages: object[]): void {
      answers.set(
        path,
        pages.map((page) => ({ status: 200, body: JSON.stringify(page), type: 'application/json' })),
      )
    },
    fail(path: string, status: number, message: string): void {
      answers.set(path, [googleError(status, message)])
    },
    /** A gateway's page, as Google's front ends answer during an outage. */
    breakDown(path: string, status = 502): void {
      answers.set(path, [{ status, body: '<html><title>Error</title></html>', type: 'text/html' }])
    },
  }
}

/** JSON, or the text of an upload. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

/** https://cloud.google.com/apis/design/errors, 2026-11 */
function googleError(code: number, message: string): Answer {
  const status = code === 404 ? 'NOT_FOUND' : code === 403 ? 'PERMISSION_DENIED' : 'FAILED_PRECONDITION'
  return {
    status: code,
    body: JSON.stringify({ error: { code, message, status } }),
    type: 'application/json',
  }
}
