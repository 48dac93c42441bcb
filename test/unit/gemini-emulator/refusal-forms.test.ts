import sharp from 'sharp'
import { expect, test } from 'vitest'
import { emulated, inline } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
  .png()
  .toBuffer()
const image = inline(PIXEL)
const prompt = (...parts: object[]) => ({
  contents: [{ parts: [...parts, { text: 'Caption this image.' }] }],
})

test('a missing key is a 403, the key `invalid` a 400 with ErrorInfo, and the URL can contain the key', async () => {
  const { post } = await emulated()
  const path = '/v1beta/models/gemini-3.8-flash:generateContent'
  expect((await post(path, prompt(image), {})).body.error).toMatchObject({
    code: 403,
    status: 'PERMISSION_DENIED',
  })
  const refused = await post(path, prompt(image), { 'x-goog-api-key': 'invalid' })
  expect(refused.body.error).toMatchObject({
    code: 400,
    message: 'API key not valid. Please pass a valid API key.',
  })
  expect(refused.body.error?.details?.[0]).toMatchObject({
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
  })
  expect((await post(`${path}?key=k`, prompt(image), {})).status).toBe(200)
})

test('more than 20 MB inline', async () => {
  const { post } = await emulated()
  const body = prompt(inline(Buffer.alloc(16 * 1024 * 1024)))
  const answer = await post('/v1beta/models/gemini-3.8-flash:generateContent', body)
  expect(answer.body.error).toMatchObject({
    code: 400,
    message: 'Request payload size exceeds the limit: 20971520 bytes.',
  })
})

test('the error of a stream is an array, except with alt=sse', async () => {
  const { post } = await emulated()
  const path = '/v1beta/models/gemini-3.8-flash:streamGenerateContent'
  expect((await post(path, {})).body).toMatchObject([{ error: { code: 400 } }])
  expect((await post(`${path}?alt=sse`, {})).body).toMatchObject({ error: { code: 400 } })
})
