import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { emulated } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
  .png()
  .toBuffer()

describe('a JSON body', () => {
  test('can have snake_case, single quotes and trailing commas, in megabytes of data', async () => {
    const { post } = await emulated()
    const data = PIXEL.toString('base64')
    const padding = ' '.repeat(4_000_000)
    const body = `{'contents': [{"parts": [{"inline_data": {"mime_type": "image/png", 'data': '${data}'}}, {'text': 'It\\'s "what"?${padding}'},]}]}`
    expect(
      (await post('/v1beta/models/gemini-3.8-flash:generateContent', body)).body.candidates?.[0]?.content
        .parts[0]?.text,
    ).toBe('A plain white picture.')
  })

  test('is rejected if it is not JSON', async () => {
    const { post } = await emulated()
    const answer = await post('/v1beta/models/gemini-3.8-flash:generateContent', '{"contents": [')
    expect(answer.body.error).toMatchObject({
      code: 400,
      message: expect.stringMatching(/^Invalid JSON payload received\./) as unknown,
    })
  })
})
