import { setTimeout as delay } from 'node:timers/promises'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { clientOf, emulated, inline, sha256 } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 3, height: 2, channels: 3, background: 'white' } })
  .png()
  .toBuffer()
const REQUEST = { model: 'gemini-3.8-flash', contents: [inline(PIXEL), { text: 'Caption this image.' }] }

describe('a script', () => {
  test('answers `times` requests with its text in a normal response', async () => {
    const { ai, script } = await emulated()
    await script({ times: 1, reply: { text: 'A cat.', finishReason: 'SAFETY' } })
    const first = await ai.models.generateContent(REQUEST)
    expect(first).toMatchObject({ text: 'A cat.', modelVersion: 'gemini-3.8-flash' })
    expect(first.candidates?.[0]?.finishReason).toBe('SAFETY')
    expect((await ai.models.generateContent(REQUEST)).text).toBe('A plain white picture.')
  })

  test('answers only matching requests, in the order of the scripts', async () => {
    const { ai, script } = await emulated()
    await script({ match: { model: 'gemini-2.5-flash' }, reply: { text: 'by model' } })
    await script({ match: { textIncludes: 'be brief' }, reply: { text: 'by text' } })
    await script({ match: { imageSha256: sha256(PIXEL) }, times: 1, reply: { text: 'by image' } })
    await script({ match: { method: 'streamGenerateContent' }, reply: { text: 'by method' } })
    const ask = async (request: object) => (await ai.models.generateContent({ ...REQUEST, ...request })).text
    expect(await ask({ model: 'gemini-2.5-flash' })).toBe('by model')
    expect(await ask({ config: { systemInstruction: 'Please be brief.' } })).toBe('by text')
    expect(await ask({})).toBe('by image')
    expect(await ask({})).toBe('A plain white picture.')
    let streamed = ''
    for await (const { text } of await ai.models.generateContentStream(REQUEST)) streamed += text
    expect(streamed).toBe('by method')
  })

  test('answers requests that contain an image of its upright size', async () => {
    const { ai, script } = await emulated()
    await script({ match: { imageSize: { width: 3, height: 2 } }, reply: { text: 'by size' } })
    const turned = await sharp({ create: { width: 2, height: 3, channels: 3, background: 'white' } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const square = await sharp({ create: { width: 3, height: 3, channels: 3, background: 'white' } })
      .png()
      .toBuffer()
    const ask = async (...images: { inlineData: object }[]) =>
      (await ai.models.generateContent({ ...REQUEST, contents: [...images, { text: 'Caption.' }] })).text
    expect(await ask(inline(PIXEL))).toBe('by size')
    expect(await ask(inline(square), inline(turned, 'image/jpeg'))).toBe('by size')
    expect(await ask(inline(square))).toBe('A plain white picture.')
    expect(await ask()).not.toBe('by size')
  })

  test('can be deleted individually', async () => {
    const { emulator, ai, script } = await emulated()
    const { id } = (await (await script({ reply: { text: 'first' } })).json()) as { id: string }
    await script({ reply: { text: 'second' } })
    const remove = async () => fetch(`${emulator.url}/emulator/v1/scripts/${id}`, { method: 'DELETE' })
    expect((await remove()).status).toBe(200)
    expect((await ai.models.generateContent(REQUEST)).text).toBe('second')
    expect((await remove()).status).toBe(404)
  })

  test('answers with its body, status and headers', async () => {
    const { ai, script, post } = await emulated()
    const error = {
      code: 429,
      message: 'Quota',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ retryDelay: '7s' }],
    }
    await script({ times: 1, reply: { status: 429, body: { error }, headers: { 'retry-after': '7' } } })
    await expect(ai.models.generateContent(REQUEST)).rejects.toMatchObject({
      status: 429,
      message: JSON.stringify({ error }),
    })
    await script({ reply: { status: 503 } })
    const answer = await post('/v1/models/gemini-3.8-flash:generateContent', {
      contents: REQUEST.contents.map((part) => ({ parts: [part] })),
    })
    expect(answer).toMatchObject({ status: 503, body: { error: { status: 'UNAVAILABLE' } } })
  })

  test('answers an upload', async () => {
    const { ai, script } = await emulated()
    await script({ match: { method: 'upload' }, reply: { status: 500 } })
    await expect(ai.files.upload({ file: new Blob(['x'], { type: 'image/png' }) })).rejects.toMatchObject({
      status: 500,
    })
  })

  test('is rejected if it is invalid, and can be deleted', async () => {
    const { emulator, ai, script } = await emulated()
    const refused = await script({ reply: { txt: 'x' } } as never)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringMatching(/Unrecognized key: "txt"/) as unknown },
    })
    expect(await (await script({ reply: { text: 'x' } })).json()).toEqual({
      id: expect.any(String) as unknown,
    })
    await fetch(`${emulator.url}/emulator/v1/scripts`, { method: 'DELETE' })
    expect((await ai.models.generateContent(REQUEST)).text).toBe('A plain white picture.')
  })

  test('does not answer an invalid request', async () => {
    const { ai, script } = await emulated()
    await script({ reply: { text: 'fine' } })
    const invalid = { ...REQUEST, config: { candidateCount: 2 } }
    await expect(ai.models.generateContent(invalid)).rejects.toMatchObject({ status: 400 })
  })
})

describe('a stream', () => {
  test('waits chunkDelayMs between its pieces, and journals a client that disconnects', async () => {
    const { ai, script, journal } = await emulated()
    await script({ reply: { text: 'one two three four', chunkDelayMs: 200 } })
    const left = new AbortController()
    const stream = await ai.models.generateContentStream({ ...REQUEST, config: { abortSignal: left.signal } })
    expect(await stream.next()).toMatchObject({ value: { text: 'one ' } })
    expect((await journal())[0]).not.toHaveProperty('durationMs')
    left.abort()
    await expect(stream.next()).rejects.toThrow('aborted')
    await eventually(async () => expect((await journal())[0]).toMatchObject({ status: 200, aborted: true }))
  })

  test('sends a body that is a list in pieces, as events and as an array', async () => {
    const { script, post, emulator } = await emulated()
    const body = [{ candidates: [] }, { promptFeedback: { blockReason: 'OTHER' } }]
    await script({ reply: { body } })
    const contents = [{ parts: [{ text: 'Caption this image.' }] }]
    const path = '/v1/models/gemini-3.8-flash:streamGenerateContent'
    expect(await post(path, { contents })).toEqual({ status: 200, body })
    const headers = { 'x-goog-api-key': 'k' }
    const init = { method: 'POST', headers, body: JSON.stringify({ contents }) }
    const events = await (await fetch(`${emulator.url}${path}?alt=sse`, init)).text()
    expect(events).toBe(body.map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`).join(''))
    // For other methods a list is an ordinary body.
    expect(await post('/v1/models/gemini-3.8-flash:generateContent', { contents })).toEqual({
      status: 200,
      body,
    })
  })
})

describe('a fault', () => {
  test('reset resets the connection', async () => {
    const { ai, script, journal } = await emulated()
    await script({ reply: { fault: 'reset' } })
    await expect(ai.models.generateContent(REQUEST)).rejects.toThrow('fetch failed')
    expect((await journal())[0]).not.toHaveProperty('aborted')
  })

  test('truncate sends half of the body', async () => {
    const { ai, script } = await emulated()
    await script({ reply: { fault: 'truncate', text: 'A cat.' } })
    await expect(ai.models.generateContent(REQUEST)).rejects.toThrow('terminated')
    const stream = await ai.models.generateContentStream({ ...REQUEST, contents: 'a b c d e f' })
    const read = async () => {
      for await (const { text } of stream) expect('A cat.').toContain(text)
    }
    await expect(read()).rejects.toThrow('terminated')
  })

  test('html sends an HTML page with status 502', async () => {
    const { ai, script } = await emulated()
    await script({ reply: { fault: 'html' } })
    await expect(ai.models.generateContent(REQUEST)).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('Bad Gateway') as unknown,
    })
  })

  test('hang never answers, and the journal records that the client disconnected', async () => {
    const { ai, script, journal } = await emulated()
    await script({ reply: { fault: 'hang' } })
    const config = { abortSignal: AbortSignal.timeout(500) }
    await expect(ai.models.generateContent({ ...REQUEST, config })).rejects.toThrow('aborted')
    await eventually(async () => expect((await journal())[0]).toMatchObject({ aborted: true }))
    expect((await journal())[0]).not.toHaveProperty('status')
  })

  test('close() closes pending requests', async () => {
    const { emulator, script, ai } = await emulated()
    await script({ reply: { fault: 'hang' } })
    const hanging = ai.models.generateContent(REQUEST).catch((error: Error) => error.message)
    await delay(50)
    await emulator.close()
    expect(await hanging).toContain('fetch failed')
    await expect(clientOf(emulator).models.generateContent(REQUEST)).rejects.toThrow('fetch failed')
  })

  test('delayMs delays the normal answer, also a stream, and the journal records a disconnect', async () => {
    const { ai, script, journal } = await emulated()
    await script({ reply: { delayMs: 150 } })
    const answer = await ai.models.generateContent(REQUEST)
    expect(answer.text).toBe('A plain white picture.')
    const config = { abortSignal: AbortSignal.timeout(30) }
    await expect(ai.models.generateContentStream({ ...REQUEST, config })).rejects.toThrow('aborted')
    await eventually(async () => {
      const [first, second] = await journal()
      expect(first!.durationMs).toBeGreaterThanOrEqual(149)
      expect(second).toMatchObject({ method: 'streamGenerateContent', aborted: true })
    })
  })
})
