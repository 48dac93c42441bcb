import { describe, expect, it, vi } from 'vitest'
import type { Handler } from '../../support/callable-server.ts'
import { errorOf, failure, firesightWith, stopServing } from './served.ts'

describe('the error of a call', () => {
  const image = { path: 'users/u/uploads/a.png' }
  const limited: Handler = () => {
    throw failure('resource-exhausted', { reason: 'calls-exceeded', retryable: true, retryAfterMs: 4200 })
  }
  const { signal } = new AbortController()
  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])("has the function's code, message and details in %s", async (_, options) => {
    const firesight = await firesightWith({ describeImage: limited })
    const error = await errorOf(firesight.describeImage({ image }, options))
    expect(error).toMatchObject({
      name: 'FiresightError',
      code: 'calls-exceeded',
      message: 'In words: calls-exceeded.',
      retryable: true,
      retryAfterMs: 4200,
      requestId: 'r1',
      issues: undefined,
      cause: { code: 'functions/resource-exhausted' },
    })
  })

  it('names the invalid field of a request', async () => {
    const firesight = await firesightWith({ detectObjects: () => ({}) })
    const error = await errorOf(firesight.detectObjects({ image, overlay: true }))
    expect(error).toMatchObject({
      code: 'invalid-request',
      issues: [{ path: 'overlay', message: 'requires masks: true' }],
    })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('is "internal", not "network", when it has no details in %s', async (_, options) => {
    const firesight = await firesightWith({
      describeImage: () => {
        throw new TypeError('a bug')
      },
    })
    expect(await errorOf(firesight.describeImage({ image }, options))).toMatchObject({
      code: 'internal',
      retryable: true,
    })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('is "network" when no server answers %s', async (_, options) => {
    const firesight = await firesightWith({})
    await stopServing()
    const error = await errorOf(firesight.describeImage({ image }, options))
    expect(error).toMatchObject({ code: 'network', retryable: true })
  })

  it('is "not-found", or "network" in a stream, when the function does not exist', async () => {
    const firesight = await firesightWith({})
    expect(await errorOf(firesight.describeImage({ image }))).toMatchObject({ code: 'not-found' })
    // The SDK does not expose the status of a stream.
    expect(await errorOf(firesight.describeImage({ image }, { signal }))).toMatchObject({ code: 'network' })
  })

  it.each([
    ['a plain call', {}],
    ['a call that can be cancelled', { signal }],
  ])('is "deadline-exceeded" when %s takes too long', async (_, options) => {
    const firesight = await firesightWith({
      describeImage: async () => new Promise((resolve) => setTimeout(resolve, 5_000).unref()),
    })
    const error = await errorOf(firesight.describeImage({ image }, { ...options, timeoutMs: 100 }))
    expect(error).toMatchObject({ code: 'deadline-exceeded', retryable: true })
  })

  it('is "cancelled" when the call was cancelled before it began', async () => {
    const handler = vi.fn<Handler>()
    const firesight = await firesightWith({ describeImage: handler })
    const error = await errorOf(firesight.describeImage({ image }, { signal: AbortSignal.abort() }))
    expect(error).toMatchObject({ code: 'cancelled' })
    expect(handler).not.toHaveBeenCalled()
  })
})
