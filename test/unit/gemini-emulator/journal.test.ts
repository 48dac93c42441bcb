import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { emulated, inline, sha256 } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 3, height: 2, channels: 3, background: 'white' } })
  .png()
  .toBuffer()

describe('the journal', () => {
  test('contains model, config, instruction, texts and images of a request', async () => {
    const { emulator, ai, journal } = await emulated({ now: () => new Date('2026-11-22T12:00:00Z') })
    const { uri } = await ai.files.upload({ file: new Blob([Uint8Array.from(PIXEL)], { type: 'image/png' }) })
    await ai.models.generateContent({
      model: 'gemini-3.8-flash',
      contents: [inline(PIXEL), { fileData: { fileUri: uri!, mimeType: 'image/png' } }, 'Compare.'],
      config: { systemInstruction: 'Be brief.', maxOutputTokens: 100 },
    })
    const entry = await eventually(async () => {
      const found = (await journal()).at(-1)!
      expect(found).toHaveProperty('durationMs')
      return found
    })
    const image = { mimeType: 'image/png', bytes: PIXEL.length, width: 3, height: 2, sha256: sha256(PIXEL) }
    expect(entry).toEqual({
      id: expect.any(String) as unknown,
      time: '2026-11-22T12:00:00.000Z',
      method: 'generateContent',
      apiVersion: 'v1',
      model: 'gemini-3.8-flash',
      config: { maxOutputTokens: 100 },
      systemInstruction: 'Be brief.',
      texts: ['Compare.'],
      images: [
        { ...image, source: 'inlineData' },
        { ...image, source: 'fileData', fileUri: uri },
      ],
      status: 200,
      durationMs: expect.any(Number) as unknown,
    })
    await fetch(`${emulator.url}/emulator/v1/requests`, { method: 'DELETE' })
    expect(await journal()).toEqual([])
  })

  test('contains rejected requests with their status', async () => {
    const { post, journal } = await emulated()
    await post('/v1/models/gemini-3.8-flash:generateContent', { contents: [] })
    await eventually(async () =>
      expect(await journal()).toMatchObject([{ model: 'gemini-3.8-flash', texts: [], status: 400 }]),
    )
  })
})
