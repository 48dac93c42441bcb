import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { emulated, inline } from './emulated.ts'

const PIXEL = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } })
  .png()
  .toBuffer()
const image = inline(PIXEL)
const prompt = (...parts: object[]) => ({
  contents: [{ parts: [...parts, { text: 'Caption this image.' }] }],
})

const refusal = async (model: string, body: object) => {
  const { post } = await emulated({ now: () => new Date('2026-11-22') })
  const answer = await post(`/v1beta/models/${model}:generateContent`, body)
  return { http: answer.status, ...answer.body.error! }
}
const matching = (message: string | RegExp) =>
  typeof message === 'string' ? message : expect.stringMatching(message)

describe('an invalid request gets an error in Google’s format', () => {
  test.each<[string, string, object, string | RegExp]>([
    [
      'an unknown field',
      'gemini-3.8-flash',
      prompt({ ...image, x: 1 }),
      `Invalid JSON payload received. Unknown name "x" at 'contents[0].parts[0]': Cannot find field.`,
    ],
    [
      'an unknown field at the root',
      'gemini-3.8-flash',
      { ...prompt(), config: {} },
      'Invalid JSON payload received. Unknown name "config": Cannot find field.',
    ],
    [
      'a wrong type',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { maxOutputTokens: 'many' } },
      `Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), "many"`,
    ],
    [
      'a schema of an unknown type',
      'gemini-3.8-flash',
      {
        ...prompt(),
        generationConfig: { responseMimeType: 'application/json', responseSchema: { type: 'STRIN' } },
      },
      /^Invalid value at 'generation_config.response_schema.type' \(.*Type\), "STRIN"$/,
    ],
    [
      'a schema that is a list',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { responseSchema: [] } },
      /Proto field is not repeating/,
    ],
    [
      'a schema without its MIME type',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { responseSchema: { type: 'STRING' } } },
      /response mime type must be 'application\/json'/,
    ],
    [
      'an unsupported MIME type',
      'gemini-3.8-flash',
      prompt(inline(PIXEL, 'image/gif')),
      'Unsupported MIME type: image/gif',
    ],
    [
      'broken base64',
      'gemini-3.8-flash',
      prompt({ inlineData: { mimeType: 'image/png', data: '***' } }),
      /Base64 decoding failed for "\*\*\*"/,
    ],
    [
      'an image that cannot be decoded',
      'gemini-3.8-flash',
      prompt(inline(Buffer.from('not an image'))),
      'Unable to process input image.',
    ],
    [
      'a truncated image',
      'gemini-3.8-flash',
      prompt(inline(PIXEL.subarray(0, 60))),
      'Unable to process input image.',
    ],
    [
      'budget and level at once',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingBudget: 0, thinkingLevel: 'LOW' } } },
      /only one of thinking budget and thinking level/,
    ],
    [
      'a level on 2.5',
      'gemini-2.5-flash-lite',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } },
      'Thinking level is not supported for this model.',
    ],
    [
      'the level MINIMAL from 3.7 on',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingLevel: 'MINIMAL' } } },
      'Thinking level MINIMAL is not supported for this model.',
    ],
    [
      'the budget 0 from 3.7 on',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      'Thinking level MINIMAL is not supported for this model.',
    ],
    [
      'a budget on Gemini 4',
      'gemini-4-hydrogen',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingBudget: 128 } } },
      'Thinking budget is not supported for this model.',
    ],
    [
      'the level XHIGH on another model than Hydrogen, Carbon and Neon',
      'gemini-4-argon',
      { ...prompt(), generationConfig: { thinkingConfig: { thinkingLevel: 'XHIGH' } } },
      'Thinking level XHIGH is not supported for this model.',
    ],
    [
      'a penalty from 3.6 on',
      'gemini-4-hydrogen',
      { ...prompt(), generation_config: { frequency_penalty: 0.5 } },
      /^frequencyPenalty is not supported/,
    ],
    [
      'a conversation that ends with a model turn',
      'gemini-3.8-flash',
      { contents: [...prompt().contents, { role: 'model', parts: [{ text: '[' }] }] },
      /not a model turn/,
    ],
    [
      'a resolution of a part before 3.x',
      'gemini-2.5-flash-lite',
      prompt({ ...image, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } }),
      /contents\[0\]\.parts\[0\]\.media_resolution: is not supported/,
    ],
    [
      'the highest resolution for the request',
      'gemini-3.8-flash',
      { ...prompt(), generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_ULTRA_HIGH' } },
      /generation_config\.media_resolution' .*MediaResolution\), "MEDIA_RESOLUTION_ULTRA_HIGH"$/,
    ],
    [
      'an unknown service tier',
      'gemini-3.8-flash',
      { ...prompt(), serviceTier: 'slow' },
      /'service_tier' .*ServiceTier\), "slow"$/,
    ],
    [
      'two candidates on 3.x',
      'gemini-3.5-flash',
      { ...prompt(), generationConfig: { candidateCount: 2 } },
      /^Multiple candidates/,
    ],
    [
      '3,601 images',
      'gemini-3.8-flash',
      { contents: [{ parts: Array.from({ length: 3601 }, () => image) }] },
      /has 3601 images\. Please use at most 3600/,
    ],
    ['no contents', 'gemini-3.8-flash', {}, /contents is not specified/],
    ['no parts', 'gemini-3.8-flash', { contents: [{ parts: [] }] }, /contents.parts must not be empty/],
    [
      'an unknown role',
      'gemini-3.8-flash',
      { contents: [{ role: 'system', parts: [{ text: 'x' }] }] },
      'Please use a valid role: user, model.',
    ],
  ])('%s', async (_case, model, body, message) => {
    expect(await refusal(model, body)).toMatchObject({
      http: 400,
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: matching(message),
    })
  })

  test.each<[string, string, object, number, string, string | RegExp]>([
    [
      'a file that does not exist',
      'gemini-3.8-flash',
      prompt({ fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1/files/gone' } }),
      403,
      'PERMISSION_DENIED',
      'You do not have permission to access the File gone or it may not exist.',
    ],
    [
      'a retired model',
      'gemini-1.5-flash',
      prompt(),
      404,
      'NOT_FOUND',
      /^models\/gemini-1.5-flash is not found for API version v1beta/,
    ],
    ['a model after its shutdown', 'gemini-2.0-flash', prompt(), 404, 'NOT_FOUND', /is not found/],
    ['another kind of model', 'imagen-4', prompt(), 404, 'NOT_FOUND', /^models\/imagen-4 is not found/],
  ])('%s', async (_case, model, body, code, status, message) => {
    expect(await refusal(model, body)).toMatchObject({ http: code, code, status, message: matching(message) })
  })

  test.each<[string, string, object]>([
    ['sampling parameters', 'gemini-3.8-flash', { generationConfig: { temperature: 0, topP: 1, topK: 1 } }],
    [
      'the level XHIGH on Gemini 4, in lower case',
      'gemini-4-hydrogen',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'xhigh' } } },
    ],
    [
      'the budget 0 on 3.5 Flash-Lite',
      'gemini-3.5-flash-lite',
      { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
    ],
    ['the service tier flex', 'gemini-3.8-flash', { service_tier: 'flex' }],
  ])('%s is accepted', async (_case, model, body) => {
    const { post } = await emulated()
    const { status } = await post(`/v1beta/models/${model}:generateContent`, { ...prompt(image), ...body })
    expect(status).toBe(200)
  })
})
