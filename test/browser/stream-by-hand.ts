import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'

/**
 * Streams the next answer to a page piece by piece, when the test sends it. With the delays of a model, the answer
 * could end before a slow page has shown a piece.
 */
export async function streamByHand(page: Page) {
  const { promise: asked, resolve: open } = Promise.withResolvers<ServerResponse>()
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    if (request.method === 'OPTIONS') return allow(request, response)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    return open(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await page.route(/answerQuestion$/, async (route) =>
    route.continue({ url: `http://127.0.0.1:${port}/answerQuestion` }),
  )
  const pieces: string[] = []
  // https://firebase.google.com/docs/functions/callable#stream, 2026-11
  const write = async (data: object) => (await asked).write(`data: ${JSON.stringify(data)}\n\n`)
  return {
    async send(text: string): Promise<void> {
      pieces.push(text)
      await write({ message: { text } })
    },
    async finish(): Promise<void> {
      await write({ result: { answer: pieces.join(''), truncated: false } })
      ;(await asked).end()
      await page.unroute(/answerQuestion$/)
      server.close()
    },
  }
}

/** Answers the preflight request of a call. */
function allow({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '*')
  response.writeHead(204).end()
}
