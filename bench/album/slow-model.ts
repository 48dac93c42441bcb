import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ANSWERS } from '../path/answers.ts'

/**
 * A Gemini API that reads requests, and answers after a fixed time. Unlike the local Gemini API, it decodes no
 * image, so it does not compete for the CPU.
 * @param ms time of a request to the model
 */
export async function startSlowModel(ms: number): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    void answer(request, response, ms).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

let files = 0

async function answer(request: IncomingMessage, response: ServerResponse, ms: number): Promise<void> {
  const { headers } = request
  const command = String(headers['x-goog-upload-command'] ?? '')
  let isDescribe = false
  for await (const piece of request) isDescribe ||= (piece as Buffer).includes('You describe')
  if (command.includes('start')) {
    response.setHeader('x-goog-upload-url', `http://${headers.host}/upload/session`)
    response.setHeader('x-goog-upload-status', 'active').end('{}')
    return
  }
  if (command !== '') {
    const isLast = command.includes('finalize')
    const name = `files/photo${++files}`
    const file = { name, uri: `https://generativelanguage.googleapis.com/v1beta/${name}`, state: 'ACTIVE' }
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-goog-upload-status', isLast ? 'final' : 'active')
    response.end(JSON.stringify(isLast ? { file } : {}))
    return
  }
  await sleep(ms)
  const text = isDescribe ? ANSWERS.description : ANSWERS.location
  response.setHeader('content-type', 'application/json').end(
    JSON.stringify({
      candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 500, totalTokenCount: 1500 },
      modelVersion: 'slow-model',
    }),
  )
}
