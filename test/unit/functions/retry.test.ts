import { ApiError } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { callService } from '../../../functions/src/model/gemini/service-error.ts'
import { withRetry } from '../../../functions/src/model/retry.ts'

describe('withRetry()', () => {
  const policy = { attempts: 3, firstWaitMs: 1, maxWaitMs: 50 }
  const failing = (errors: Error[]) => {
    let calls = 0
    const request = async () => {
      const error = errors[calls++]
      if (error) throw error
      return 'answer'
    }
    return { request: async () => callService(request), calls: () => calls }
  }

  it('repeats transient failures', async () => {
    const { request, calls } = failing([
      new ApiError({ status: 503, message: '' }),
      new TypeError('fetch failed'),
    ])
    expect(await withRetry(request, policy)).toEqual({ value: 'answer' })
    expect(calls()).toBe(3)
  })

  it('gives up after the last attempt', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new ApiError({ status: 503, message: '' })),
    )
    expect(await withRetry(request, policy)).toMatchObject({ failure: { code: 'model-unavailable' } })
    expect(calls()).toBe(3)
  })

  it.each([
    ['a refusal', new ApiError({ status: 400, message: '' }), 'model-refused-request'],
    [
      'a RetryInfo beyond the maximum wait',
      new ApiError({
        status: 429,
        message:
          '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}',
      }),
      'model-rate-limited',
    ],
  ])('does not repeat after %s', async (_, error, code) => {
    const { request, calls } = failing([error])
    expect(await withRetry(request, policy)).toMatchObject({ failure: { code } })
    expect(calls()).toBe(1)
  })

  it('waits as long as RetryInfo says', async () => {
    const message =
      '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.04s"}]}}'
    const { request } = failing([new ApiError({ status: 429, message })])
    const from = performance.now()
    await withRetry(request, policy)
    expect(performance.now() - from).toBeGreaterThanOrEqual(38)
  })

  it('repeats a time-out once, because it may be billed', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new DOMException('aborted', 'AbortError')),
    )
    expect(await withRetry(request, policy)).toMatchObject({ failure: { code: 'model-timeout' } })
    expect(calls()).toBe(2)
  })

  it('stops waiting when the time is up', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new ApiError({ status: 503, message: '' })),
    )
    const slow = { attempts: 3, firstWaitMs: 10_000, maxWaitMs: 60_000 }
    await expect(withRetry(request, slow, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      code: 'model-timeout',
    })
    expect(calls()).toBe(1)
  })

  it('rethrows unexpected errors unchanged', async () => {
    const bug = new RangeError('ours')
    await expect(withRetry(failing([bug]).request, policy)).rejects.toBe(bug)
  })
})
