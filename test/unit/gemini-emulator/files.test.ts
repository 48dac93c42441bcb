import { createHash } from 'node:crypto'
import { FileState } from '@google/genai'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { emulated } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
  .png()
  .toBuffer()
const HOUR_MS = 60 * 60 * 1000
const png = (bytes: Buffer) => new Blob([Uint8Array.from(bytes)], { type: 'image/png' })

describe('the Files API', () => {
  test('keeps name, size and digest, lists by page and deletes', async () => {
    const { ai } = await emulated()
    const file = await ai.files.upload({
      file: png(PIXEL),
      config: { name: 'my-file', displayName: 'One pixel' },
    })
    expect(file).toMatchObject({
      name: 'files/my-file',
      displayName: 'One pixel',
      mimeType: 'image/png',
      sizeBytes: String(PIXEL.length),
      sha256Hash: createHash('sha256').update(PIXEL).digest('base64'),
      state: FileState.ACTIVE,
      source: 'UPLOADED',
    })
    for (let i = 0; i < 3; i++) await ai.files.upload({ file: png(PIXEL) })
    const names = []
    for await (const { name } of await ai.files.list({ config: { pageSize: 2 } })) names.push(name)
    expect(names).toHaveLength(4)
    await expect(ai.files.upload({ file: png(PIXEL), config: { name: 'my-file' } })).rejects.toMatchObject({
      status: 409,
    })
    await ai.files.delete({ name: 'my-file' })
    await expect(ai.files.get({ name: 'my-file' })).rejects.toMatchObject({ status: 403 })
  })

  test('joins the chunks of an upload', async () => {
    const { ai } = await emulated()
    const bytes = Buffer.concat([PIXEL, Buffer.alloc(20 * 1024 * 1024, 7)])
    const file = await ai.files.upload({ file: png(bytes) })
    expect(file.sizeBytes).toBe(String(bytes.length))
    expect(file.sha256Hash).toBe(createHash('sha256').update(bytes).digest('base64'))
  })

  test('reports the received bytes on query, and rejects a chunk with a wrong offset', async () => {
    const { emulator } = await emulated()
    const start = await fetch(`${emulator.url}/upload/v1beta/files`, {
      method: 'POST',
      headers: {
        'x-goog-api-key': 'k',
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
      },
      body: "{'file': {'display_name': 'IMAGE'}}",
    })
    expect(start.headers.get('x-goog-upload-status')).toBe('active')
    const url = start.headers.get('x-goog-upload-url')!
    const send = async (command: string, offset: number, body?: Buffer) =>
      fetch(url, {
        method: 'POST',
        headers: { 'x-goog-upload-command': command, 'x-goog-upload-offset': String(offset) },
        ...(body && { body: Uint8Array.from(body) }),
      })
    await send('upload', 0, PIXEL.subarray(0, 20))
    expect((await send('query', 0)).headers.get('x-goog-upload-size-received')).toBe('20')
    expect((await send('upload', 10, PIXEL.subarray(10))).status).toBe(400)
    const final = await send('upload, finalize', 20, PIXEL.subarray(20))
    expect(final.headers.get('x-goog-upload-status')).toBe('final')
    expect(await final.json()).toMatchObject({
      file: { displayName: 'IMAGE', sizeBytes: String(PIXEL.length) },
    })
    expect((await send('query', 0)).status).toBe(400)
  })

  test('deletes a file after 48 hours', async () => {
    let now = Date.parse('2026-11-22T12:00:00Z')
    const { ai } = await emulated({ now: () => new Date(now) })
    const { name, uri, expirationTime } = await ai.files.upload({ file: png(PIXEL) })
    expect(expirationTime).toBe('2026-11-24T12:00:00.000Z')
    const ask = async () =>
      ai.models.generateContent({
        model: 'gemini-3.8-flash',
        contents: [{ fileData: { fileUri: uri!, mimeType: 'image/png' } }],
      })
    now += 48 * HOUR_MS - 1
    expect((await ask()).text).toBe('A plain white picture.')
    now += 1
    await expect(ask()).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('may not exist') as unknown,
    })
    await expect(ai.files.get({ name: name! })).rejects.toMatchObject({ status: 403 })
  })

  test('keeps a file in PROCESSING for fileProcessingMs, and rejects requests that use it', async () => {
    let now = Date.parse('2026-11-22T12:00:00Z')
    const { ai } = await emulated({ now: () => new Date(now), fileProcessingMs: 5000 })
    const { name, uri, state } = await ai.files.upload({ file: png(PIXEL) })
    expect(state).toBe(FileState.PROCESSING)
    const contents = [{ fileData: { fileUri: uri!, mimeType: 'image/png' } }]
    await expect(ai.models.generateContent({ model: 'gemini-3.8-flash', contents })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('is not in an ACTIVE state') as unknown,
    })
    now += 5000
    expect((await ai.files.get({ name: name! })).state).toBe(FileState.ACTIVE)
  })

  test('sets a file that is not an image to FAILED', async () => {
    const { ai } = await emulated()
    const file = await ai.files.upload({ file: png(Buffer.from('no image')) })
    expect(file).toMatchObject({ state: FileState.FAILED, error: { code: 3 } })
  })
})
