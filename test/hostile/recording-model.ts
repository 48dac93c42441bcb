import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Script, startGeminiEmulator } from '@firesight/gemini-emulator'
import { DESCRIPTION, OBJECTS } from '../support/vision.ts'

/** The replies to the two requests for a photo. */
export type Answer = { describe: Script['reply']; locate: Script['reply'] }

/** The answer for an ordinary photo, independent of the image. */
export const ORDINARY_ANSWER: Answer = {
  describe: { text: JSON.stringify(DESCRIPTION) },
  locate: { text: JSON.stringify(OBJECTS) },
}

/** A local Gemini API that records the images of requests. */
export type RecordingModel = {
  url: string
  /** The images since the last call. */
  takePictures(): Buffer[]
  /** Sets the answers from now on. */
  answerWith(answer: Answer): Promise<void>
  close(): Promise<void>
}

export async function startRecordingModel(): Promise<RecordingModel> {
  const emulator = await startGeminiEmulator()
  let pictures: Buffer[] = []
  let current: Answer | undefined
  const server = createServer((request, response) => {
    void forward(request, response, emulator.url, (body) => pictures.push(...picturesIn(body)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takePictures() {
      const taken = pictures
      pictures = []
      return taken
    },
    async answerWith(answer) {
      if (answer === current) return
      current = answer
      await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'DELETE' })
      await post(emulator.url, { match: { textIncludes: 'You describe' }, reply: answer.describe })
      await post(emulator.url, { match: { textIncludes: 'You find' }, reply: answer.locate })
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await emulator.close()
    },
  }
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  to: string,
  see: (body: Buffer) => void,
): Promise<void> {
  try {
    const body = await readAll(request)
    see(body)
    const init = request.method === 'POST' ? { body: new Uint8Array(body) } : {}
    const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'any' }
    const answer = await fetch(to + request.url, { method: request.method!, headers, ...init })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  } catch {
    // The client or the emulator has closed its connection: close the other one.
    response.destroy()
  }
}

async function post(url: string, script: Script): Promise<void> {
  const response = await fetch(`${url}/emulator/v1/scripts`, { method: 'POST', body: JSON.stringify(script) })
  if (!response.ok) throw new Error(`Cannot script an answer: ${await response.text()}`)
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

type Body = { contents?: { parts?: { inlineData?: { data?: string } }[] }[] }

function picturesIn(body: Buffer): Buffer[] {
  if (body.length === 0) return []
  const { contents = [] } = JSON.parse(body.toString()) as Body
  return contents
    .flatMap(({ parts = [] }) => parts)
    .flatMap(({ inlineData }) => (inlineData?.data ? [Buffer.from(inlineData.data, 'base64')] : []))
}
