import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { http } from '@google-cloud/functions-framework'
import { getTestServer } from '@google-cloud/functions-framework/testing'
import { onCall } from 'firebase-functions/https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyProblem } from '../../../../functions/src/guard/body-shape.ts'
import { guardRequests } from '../../../../functions/src/guard/request-guard.ts'
import { BODY_SHAPES, FORGED_TOKEN, sendBody } from '../../../abuse/bodies.ts'

const MB = 1_000_000
let calls = 0
let url = ''
http('describeImage', onCall<unknown>({ invoker: 'public' }, () => ++calls) as never)
const server = getTestServer('describeImage')

beforeAll(async () => {
  guardRequests({ functionName: 'describeImage', origins: ['https://demo.web.app'] })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.close())

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })

describe('guardRequests()', () => {
  it.each(BODY_SHAPES.filter(({ isCheap }) => !isCheap))(
    'refuses $name before the body is parsed',
    async (shape) => {
      const before = calls
      const { status, text } = await sendBody(url, shape, MB)
      expect(status).toBe(400)
      expect(JSON.parse(text)).toMatchObject({
        error: { status: 'INVALID_ARGUMENT', details: { reason: 'invalid-request', retryable: false } },
      })
      expect(calls).toBe(before)
    },
  )

  it.each(BODY_SHAPES.filter(({ isCheap }) => isCheap))(
    '$name does not reach the function',
    async (shape) => {
      const before = calls
      expect([400, 401]).toContain((await sendBody(url, shape, MB)).status)
      expect(calls).toBe(before)
    },
  )

  it('passes small calls on', async () => {
    const response = await post('{"data":{"a":[1,{"b":"c"}]}}')
    expect(await response.json()).toEqual({ result: calls })
  })

  it('refuses a body over the limit, with CORS headers for listed origins', async () => {
    const headers = { authorization: FORGED_TOKEN, origin: 'https://demo.web.app' }
    const response = await post(`{"data":"${'a'.repeat(31 * MB)}"}`, headers)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://demo.web.app')
    expect(await response.json()).toMatchObject({ error: { details: { reason: 'request-too-large' } } })
  })

  it('refuses a large body without an ID token', async () => {
    const response = await post(`{"data":"${'a'.repeat(MB)}"}`)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { status: 'UNAUTHENTICATED' } })
  })

  it('stops a chunked body at the limit', async () => {
    const chunks = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
    })
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    }
    const status = await fetch(url, init as RequestInit).then(
      (response) => response.status,
      () => 'connection closed',
    )
    expect([401, 'connection closed']).toContain(status)
    expect((await post('{"data":null}')).status).toBe(200)
  })
})

describe('bodyProblem()', () => {
  it('accepts the largest valid call', () => {
    const images = Array.from({ length: 16 }, () => ({
      inlineData: { mimeType: 'image/png', data: 'A'.repeat(100_000) },
    }))
    const history = Array.from({ length: 20 }, () => ({ role: 'user', text: '€"\\,{['.repeat(1300) }))
    const body = Buffer.from(
      JSON.stringify({ data: { images, question: '"{'.repeat(1000), history } }, null, 2),
    )
    expect(bodyProblem(body)).toBeUndefined()
  })
})
