import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { CALL_NAMES, REQUESTS } from '../../../support/call-samples.ts'
import { startCalls } from '../../../support/calls.ts'
import { schemaErrors, schemaValidator } from '../../../support/json-schemas.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const path = 'users/alice/uploads/scene.png'
beforeEach(async () => {
  calls.reset()
  calls.store(path, png)
  await calls.forget()
})

const inline = { inlineData: { mimeType: 'image/png', data: png.toString('base64') } }
const kebabCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

describe.each(CALL_NAMES)('the schemas of %s', (name) => {
  const request = schemaValidator(`${kebabCase(name)}-request`)
  const result = schemaValidator(`${kebabCase(name)}-result`, { closed: true })

  it.each([
    ['by path', { path }],
    ['inline', inline],
  ])('accept a request with images %s, and its result', async (_, image) => {
    const data = REQUESTS[name](image)
    expect(schemaErrors(request, data)).toEqual([])
    const answer = await calls.call(name, data)
    expect(answer.error).toBeUndefined()
    expect(schemaErrors(result, answer.result)).toEqual([])
    const { usage: _usage, ...damaged } = answer.result as { usage: object }
    expect(schemaErrors(result, damaged)).toEqual([" must have required property 'usage'"])
  })

  it.each([
    ['an unknown field', { ...REQUESTS[name]({ path }), tone: 'happy' }],
    ['an image without a source', REQUESTS[name]({})],
    ['an image with two sources', REQUESTS[name]({ path, url: 'https://example.com/a.png' })],
    [
      'inline data that is not base64',
      REQUESTS[name]({ inlineData: { mimeType: 'image/png', data: '***' } }),
    ],
  ])('refuse a request with %s, as the function does', async (_, data) => {
    expect(schemaErrors(request, data)).not.toEqual([])
    const { error } = await calls.call(name, data)
    expect(error?.details).toMatchObject({ reason: 'invalid-request' })
    expect(schemaErrors(schemaValidator('error-details', { closed: true }), error?.details)).toEqual([])
  })
})

it('accept the result of annotateImage', async () => {
  expect(schemaErrors(schemaValidator('annotate-image-request'), { path })).toEqual([])
  const { result } = await calls.call('annotateImage', { path })
  expect(result).toMatchObject({ status: 'succeeded' })
  expect(schemaErrors(schemaValidator('annotate-image-result', { closed: true }), result)).toEqual([])
})
