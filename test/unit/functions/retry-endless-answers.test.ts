import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createGenaiModel } from '../../../functions/src/model/gemini/genai-model.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { eventually } from '../../support/eventually.ts'
import { readStream } from '../../support/read-stream.ts'

/* Streams that do not end. For whole answers: endless-answers.test.ts. */

const request: ModelRequest = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ text: 'Say something.' }],
  thinking: 'least',
  maxOutputTokens: 1000,
}

let close = () => undefined as void
afterEach(() => close())

/**
 * A model with a server that answers by `write`. `left`: the number of connections that the client closed.
 */
async function modelOf(write: (response: ServerResponse) => void, timeoutMs = 10_000) {
  const counts = { requests: 0, left: 0 }
  const server = createServer((_, response) => {
    counts.requests++
    response.on('close', () => counts.left++)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    write(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  const model = createGenaiModel({
    provider: { name: 'gemini-api', apiKey: () => 'any' },
    timeoutMs,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pacing: { sleep: async () => undefined, random: () => 0.5 },
  })
  return { model, counts }
}

/** Sends `piece` again and again, as fast as it is read. */
function pour(response: ServerResponse, piece: string | Buffer): void {
  const more = () => {
    if (response.destroyed) return
    if (response.write(piece)) setImmediate(more)
    else response.once('drain', more)
  }
  more()
}

const chunkOf = (text: string) =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ text }] } }] })}\n\n`

it('stream() reads at most 4 MB of one chunk, and returns answer-unreadable with usage', async () => {
  const { model, counts } = await modelOf((response) => pour(response, Buffer.alloc(1024 * 1024, 'a')))
  const received: string[] = []
  const answer = await readStream(model.stream(request), (text) => received.push(text))
  expect(answer).toMatchObject({ text: '', failure: { code: 'answer-unreadable' }, usage: { calls: 1 } })
  expect(received).toEqual([])
  await eventually(() => expect(counts).toEqual({ requests: 1, left: 1 }))
})

it('stream() reads at most 4 MB of many chunks, and returns answer-unreadable', async () => {
  const { model, counts } = await modelOf((response) => pour(response, chunkOf('a'.repeat(100_000))))
  let received = 0
  const answer = await readStream(model.stream(request), (text) => (received += text.length))
  expect(answer).toMatchObject({ text: '', failure: { code: 'answer-unreadable' }, usage: { calls: 1 } })
  expect(received).toBeGreaterThan(0)
  expect(received).toBeLessThan(4 * 1024 * 1024)
  await eventually(() => expect(counts).toEqual({ requests: 1, left: 1 }))
})

it('stream() ends a response of single bytes at its time limit, and repeats it once', async () => {
  const timers: NodeJS.Timeout[] = []
  const { model, counts } = await modelOf((response) => {
    timers.push(setInterval(() => response.write(' '), 20))
  }, 150)
  try {
    await expect(readStream(model.stream(request))).rejects.toMatchObject({ code: 'model-timeout' })
    expect(counts.requests).toBe(2)
  } finally {
    for (const timer of timers) clearInterval(timer)
  }
})
