import { ApiError } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { asServiceError, callService } from '../../../functions/src/model/gemini/service-error.ts'
import { withRetry } from '../../../functions/src/model/retry.ts'

describe('asServiceError()', () => {
  const google = (status: number, error: object) =>
    new ApiError({ status, message: JSON.stringify({ error: { code: status, ...error } }) })

  it.each([
    [google(429, { status: 'RESOURCE_EXHAUSTED' }), 'model-rate-limited'],
    [google(500, { status: 'INTERNAL' }), 'model-unavailable'],
    [google(503, { status: 'UNAVAILABLE' }), 'model-unavailable'],
    [google(504, { status: 'DEADLINE_EXCEEDED' }), 'model-timeout'],
    [google(404, { message: 'models/x is not found' }), 'model-not-found'],
    [google(400, { message: 'API key not valid. Please pass a valid API key.' }), 'model-misconfigured'],
    [google(403, { status: 'PERMISSION_DENIED' }), 'model-misconfigured'],
    [google(401, { status: 'UNAUTHENTICATED' }), 'model-misconfigured'],
    [google(400, { message: 'Unable to process input image.' }), 'model-refused-image'],
    [google(400, { message: 'Provided image is not valid.' }), 'model-refused-image'],
    [google(400, { message: 'Unknown name "x"' }), 'model-refused-request'],
    [
      google(400, { message: 'Unknown name "imageConfig" at generation_config: Cannot find field.' }),
      'model-refused-request',
    ],
    [new ApiError({ status: 502, message: '<h1>Bad gateway</h1>' }), 'model-unavailable'],
    [new DOMException('aborted', 'AbortError'), 'model-timeout'],
    [new TypeError('fetch failed'), 'model-unavailable'],
    [new SyntaxError('Unexpected end of JSON input'), 'model-unavailable'],
  ])('%o is %s', (error, code) => {
    expect(asServiceError(error)?.code).toBe(code)
  })

  it.each([
    [google(429, {}), 'rate-limited', 'free', 'request'],
    [google(500, {}), 'transient', 'free', 'request'],
    [google(503, {}), 'overloaded', 'free', 'request'],
    [google(504, {}), 'transient', 'unknown', 'request'],
    [google(404, { message: 'models/x is not found' }), 'final', 'free', 'model'],
    [google(403, {}), 'final', 'free', 'provider'],
    [google(402, {}), 'final', 'free', 'provider'],
    [google(400, {}), 'final', 'free', 'request'],
    [
      google(403, { message: 'You do not have permission to access the File abc' }),
      'final',
      'free',
      'request',
    ],
    [google(404, { message: 'File not found: files/abc' }), 'final', 'free', 'request'],
    [new DOMException('aborted', 'AbortError'), 'transient', 'unknown', 'request'],
    [new TypeError('fetch failed'), 'transient', 'unknown', 'request'],
    [new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }), 'transient', 'free', 'request'],
    [new TypeError('terminated'), 'transient', 'billed', 'request'],
    [new SyntaxError('Unexpected end of JSON input'), 'transient', 'billed', 'request'],
  ])('%o has fault %s, billing %s and scope %s', (error, fault, billing, scope) => {
    expect(asServiceError(error)).toMatchObject({ fault, billing, scope })
  })

  it('marks requests that are too large, and files that cannot be used', () => {
    expect(asServiceError(google(413, {}))?.reason).toBe('too-large')
    expect(asServiceError(google(404, { message: 'File not found: files/abc' }))?.reason).toBe(
      'file-unusable',
    )
    expect(asServiceError(google(400, {}))?.reason).toBeUndefined()
  })

  it('reads how long Google asks to wait', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }]
    expect(asServiceError(google(429, { details }))?.retryAfterMs).toBe(1500)
  })

  it('leaves bugs alone, and repeats nothing of the service to users', () => {
    expect(asServiceError(new RangeError('ours'))).toBeUndefined()
    expect(asServiceError(new TypeError('x is not a function'))).toBeUndefined()
    const failure = asServiceError(google(400, { message: 'API key AIza-secret not valid' }))!
    expect(`${failure.message} ${failure.publicMessage}`).not.toContain('secret')
  })
})

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

  it('repeats what may heal', async () => {
    const { request, calls } = failing([
      new ApiError({ status: 503, message: '' }),
      new TypeError('fetch failed'),
    ])
    expect(await withRetry(request, policy)).toBe('answer')
    expect(calls()).toBe(3)
  })

  it('gives up after the last attempt', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new ApiError({ status: 503, message: '' })),
    )
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(calls()).toBe(3)
  })

  it.each([
    ['a refusal', new ApiError({ status: 400, message: '' }), 'model-refused-request'],
    [
      'a wait that is too long',
      new ApiError({
        status: 429,
        message:
          '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}',
      }),
      'model-rate-limited',
    ],
  ])('does not repeat after %s', async (_, error, code) => {
    const { request, calls } = failing([error])
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code })
    expect(calls()).toBe(1)
  })

  it('waits as long as Google asks', async () => {
    const message =
      '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"0.04s"}]}}'
    const { request } = failing([new ApiError({ status: 429, message })])
    const from = performance.now()
    await withRetry(request, policy)
    expect(performance.now() - from).toBeGreaterThanOrEqual(38)
  })

  it('repeats a time-out once, since it may have been paid', async () => {
    const { request, calls } = failing(
      Array.from({ length: 9 }, () => new DOMException('aborted', 'AbortError')),
    )
    await expect(withRetry(request, policy)).rejects.toMatchObject({ code: 'model-timeout' })
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

  it('lets bugs through as they are', async () => {
    const bug = new RangeError('ours')
    await expect(withRetry(failing([bug]).request, policy)).rejects.toBe(bug)
  })
})
