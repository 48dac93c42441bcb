import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ask } from '../../../functions/src/model/ask.ts'
import { RETRY_POLICY } from '../../../functions/src/model/retry.ts'
import type { ModelRequest } from '../../../functions/src/ports/vision-model.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'

const emulated = useEmulatedModel()
const pacing = { sleep: async () => {}, random: () => 0.5 }
const model = (changes: Parameters<typeof emulated.model>[0]) =>
  emulated.model({ retry: RETRY_POLICY, pacing, ...changes })

const REQUEST: ModelRequest = {
  model: 'gemini-3.8-flash',
  systemInstruction: 'Rules.',
  parts: [{ text: 'Which colours are in a rainbow?' }],
  thinking: 'least',
  maxOutputTokens: 1000,
}

describe('createGenaiModel() with an endless answer', () => {
  /** A server that answers with what `write` writes. */
  async function serve(write: (send: (piece: Buffer) => boolean, end: () => void) => void) {
    let requests = 0
    const server = createServer((_, response) => {
      requests++
      response.writeHead(200, { 'content-type': 'application/json' })
      write(
        (piece) => response.write(piece),
        () => response.end(),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    return { baseUrl, requests: () => requests, close }
  }

  it('reads at most 32 MB, asks once more, and then returns answer-unreadable', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'a')
    const server = await serve((send) => {
      let sent = 0
      const more = () => {
        if (sent++ < 200) send(megabyte)
        if (sent < 200) setImmediate(more)
      }
      send(Buffer.from('{"candidates":[{"content":{"parts":[{"text":"'))
      more()
    })
    try {
      const question = { request: REQUEST, read: () => 'never' }
      const asked = await ask(model({ baseUrl: server.baseUrl }), question)
      expect(asked).toMatchObject({ failure: { code: 'answer-unreadable' }, usage: { calls: 2 } })
      expect(server.requests()).toBe(2)
    } finally {
      server.close()
    }
  })

  it('ends a response of single bytes at its time limit', async () => {
    const timers: NodeJS.Timeout[] = []
    const server = await serve((send) => {
      timers.push(setInterval(() => send(Buffer.from(' ')), 20))
    })
    try {
      const generate = model({ baseUrl: server.baseUrl, timeoutMs: 150 }).generate(REQUEST)
      await expect(generate).rejects.toMatchObject({ code: 'model-timeout' })
      expect(server.requests()).toBe(2)
    } finally {
      for (const timer of timers) clearInterval(timer)
      server.close()
    }
  })
})
