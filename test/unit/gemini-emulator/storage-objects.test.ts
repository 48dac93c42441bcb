import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import { expect, onTestFinished, test } from 'vitest'
import { emulated } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
  .png()
  .toBuffer()

/** A Storage emulator with one object, and the requests that it received. */
async function storageEmulator() {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (!request.url?.startsWith('/storage/v1/b/photos/o/users%2Falice%2Fa%20b.png?'))
      response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'image/png' }).end(PIXEL)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const VERTEX_AI = '/v1/projects/p/locations/global/publishers/google/models/gemini-3.8-flash:generateContent'
const OBJECT = 'gs://photos/users/alice/a b.png'
const ask = (fileUri: string) => ({
  contents: [
    { role: 'user', parts: [{ fileData: { fileUri, mimeType: 'image/png' } }, { text: 'Caption it.' }] },
  ],
})
const bearer = { authorization: 'Bearer any' }

test.each(['', 'http://'])(
  'Vertex AI reads objects of the Storage emulator at %shost:port',
  async (scheme) => {
    const { host } = await storageEmulator()
    const { journal, post } = await emulated({ storageHost: `${scheme}${host}` })
    const { body } = await post(VERTEX_AI, ask(OBJECT), bearer)
    expect(body.candidates?.[0]?.content.parts[0]?.text).toBe('A plain white picture.')
    expect((await journal())[0]!.images).toMatchObject([{ fileUri: OBJECT, source: 'fileData', width: 1 }])
  },
)

test.each([
  ['gs://photos/other.png', 404],
  ['gs://photos', 400],
])('Vertex AI paths reject %s', async (uri, status) => {
  const { host } = await storageEmulator()
  const { post } = await emulated({ storageHost: host })
  expect(await post(VERTEX_AI, ask(uri), bearer)).toMatchObject({ status })
})

test('gs:// is rejected without a request on Gemini API paths, and without a Storage emulator', async () => {
  const { host, asked } = await storageEmulator()
  const message = expect.stringContaining('only reads files uploaded to it') as unknown
  const refused = { status: 400, body: { error: { message } } }
  const without = await emulated()
  expect(await without.post(VERTEX_AI, ask(OBJECT), bearer)).toMatchObject(refused)
  const { post } = await emulated({ storageHost: host })
  expect(await post('/v1/models/gemini-3.8-flash:generateContent', ask(OBJECT))).toMatchObject(refused)
  expect(asked).toEqual([])
})
