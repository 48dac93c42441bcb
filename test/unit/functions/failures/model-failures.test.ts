import { ApiError, BlockedReason, FinishReason } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { toHttpsError } from '../../../../functions/src/callables/https-error.ts'
import { type ErrorCode, FAILURES, VisionError } from '../../../../functions/src/errors.ts'
import { readAnswerText } from '../../../../functions/src/model/gemini/finish-reason.ts'
import { asServiceError } from '../../../../functions/src/model/gemini/service-error.ts'
import type { ModelFailure } from '../../../../functions/src/ports/vision-model.ts'
import { FAILED_ANSWERS } from '../../../support/failed-answers.ts'
import { FAILED_REQUESTS } from '../../../support/failed-requests.ts'
import { callErrorOf, errorInfo, type Failure } from '../../../support/failure-row.ts'
import { JSON_FAILURES } from '../../../support/failure-table.ts'

/* Every failure of the model service and its meaning, without HTTP. The suites beside this file send a few of them through each function. */

/** The error that @google/genai throws for a reply. */
function thrownBy({ reply, thrown }: Failure): Error {
  if (thrown) return thrown
  const { status, body } = reply as { status: number; body?: object }
  return new ApiError({ status, message: body ? JSON.stringify(body) : '<!DOCTYPE html><html>' })
}

const factsOf = ({ fault, billing, scope, reason }: ModelFailure) => ({ fault, billing, scope, reason })

const apiError = (status: number, error: object) =>
  new ApiError({ status, message: JSON.stringify({ error: { code: status, ...error } }) })

describe('asServiceError()', () => {
  it.each(FAILED_REQUESTS)('reads $name as $code', (row) => {
    const thrown = thrownBy(row)
    const failure = asServiceError(thrown)!
    const { code, retryAfterMs } = failure
    expect({ code, retryAfterMs, ...factsOf(failure) }).toEqual({
      code: row.code,
      retryAfterMs: row.retryAfterMs,
      reason: undefined,
      ...row.facts,
    })
    expect(failure.cause).toBe(thrown)
    expect(`${failure.message} ${failure.publicMessage}`).not.toContain('CANARY')
  })

  it.each<[name: string, code: ErrorCode, thrown: Error]>([
    ['408', 'model-timeout', apiError(408, {})],
    [
      '400 for an invalid image',
      'model-refused-image',
      apiError(400, { message: 'Provided image is not valid.' }),
    ],
    [
      '400 for a field with "image" in its name',
      'model-refused-request',
      apiError(400, { message: 'Unknown name "imageConfig" at generation_config: Cannot find field.' }),
    ],
    [
      'an error within a stream',
      'model-unavailable',
      new ApiError({ status: 503, message: 'got status: UNAVAILABLE. {}' }),
    ],
    ['a damaged stream', 'model-unavailable', new Error('Incomplete JSON segment at the end')],
    ['a failed upload', 'model-unavailable', new Error('Failed to upload file: no location')],
    ['the time limit of fetch', 'model-timeout', new DOMException('timed out', 'TimeoutError')],
  ])('reads %s as %s', (_, code, thrown) => {
    expect(asServiceError(thrown)?.code).toBe(code)
  })

  it('reads a RetryInfo with a fraction of a second', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }]
    expect(asServiceError(apiError(429, { details }))?.retryAfterMs).toBe(1500)
  })

  it('reports a request over the size limit as too-large', () => {
    const message = 'Request payload size exceeds the limit: 20971520 bytes.'
    expect(asServiceError(apiError(400, { message }))).toMatchObject({
      code: 'model-refused-image',
      reason: 'too-large',
    })
  })

  it.each([
    [404, 'File not found: files/abc'],
    [403, 'You do not have permission to access the File abc'],
  ])('reports %i "%s" as a failure of this request only', (status, message) => {
    expect(factsOf(asServiceError(apiError(status, { message }))!)).toEqual({
      fault: 'final',
      billing: 'free',
      scope: 'request',
      reason: 'file-unusable',
    })
  })

  it.each([
    [403, 'Your API key was reported as leaked. It cannot read files.', []],
    [
      400,
      'API key not valid. Please pass a valid API key.',
      [errorInfo('API_KEY_INVALID'), { metadata: { method: 'File.Get file' } }],
    ],
    [400, 'Files: API key expired. Please renew the API key.', [errorInfo('API_KEY_INVALID')]],
    [403, 'Requests to the method of files are blocked.', [errorInfo('API_KEY_SERVICE_BLOCKED')]],
    [403, 'Requests are blocked.', [{ metadata: { method: 'files.create file' } }]],
  ])(
    'reports %i "%s" as a failure of the provider, also if the body names files',
    (status, message, details) => {
      expect(asServiceError(apiError(status, { message, details }))).toMatchObject({
        code: 'model-misconfigured',
        scope: 'provider',
        serviceMessage: message,
      })
    },
  )

  // A reason is only the field of an ErrorInfo. Violations may quote the request.
  const violations = [
    { '@type': 'type.googleapis.com/google.rpc.BadRequest', reason: 'API_KEY_INVALID' },
    { ...errorInfo('API_KEY_INVALID'), domain: 'evil.example' },
    errorInfo('API_KEY_INVALID ', 'googleapis.com'),
  ]
  const quoting = ['', ...violations].flatMap((violation) =>
    [
      'API key not valid. Please pass a valid API key.',
      'FAILED_PRECONDITION',
      'Your billing account is closed: API_KEY_INVALID',
      'models/gemini is not found for API version v1beta',
      'Your prepayment credits are depleted',
      'You have reached its spend cap. PerDay quota',
      'credentials',
    ].map((text) => ({ text, details: violation ? [violation] : [] })),
  )

  it.each(quoting)(
    'a message that quotes $text (details: $details) opens no circuit',
    ({ text, details }) => {
      for (const message of [
        `Invalid value at 'contents[0].parts[1].text' (TYPE_STRING), "${text}"`,
        `Unable to process: ${text}`,
        text,
      ])
        expect(asServiceError(apiError(400, { message, details }))).toMatchObject({ scope: 'request' })
      const message = `Quota exceeded for "${text}": ${text}`
      expect(asServiceError(apiError(429, { message, details }))).toMatchObject({ scope: 'request' })
    },
  )

  // User ids of custom tokens may be any text, and are in the names of objects for Vertex AI.
  it('a user id in the name of an object that cannot be read opens no circuit', () => {
    const message =
      'service-1@gcp-sa-aiplatform.iam.gserviceaccount.com does not have storage.objects.get access to gs://bucket/users/api_key credential/model-inputs/a.jpg'
    expect(asServiceError(apiError(403, { message }))).toMatchObject({
      scope: 'request',
      reason: 'file-unusable',
    })
  })

  it('does not take a bug for a failure of the service', () => {
    expect(asServiceError(new RangeError('ours'))).toBeUndefined()
    expect(asServiceError(new TypeError('x is not a function'))).toBeUndefined()
  })

  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('knows that a request was not billed when no connection was made: %s', (code) => {
    const cause = Object.assign(new Error('connect'), { code })
    const failure = asServiceError(new TypeError('fetch failed', { cause }))!
    expect(failure).toMatchObject({ fault: 'transient', billing: 'free' })
  })
})

describe('toHttpsError()', () => {
  const rows = [...new Map(JSON_FAILURES.map((row) => [row.code, row])).values()]

  it.each(rows)('reports $code by its gRPC status, in our own words', (row) => {
    const { code, retryAfterMs } = row
    const failure = new VisionError(code, 'CANARY-TEXT', { retryAfterMs })
    expect(toHttpsError(failure, 'request-1').toJSON()).toEqual({ ...callErrorOf(row) })
  })
})

describe('readAnswerText()', () => {
  it.each(FAILED_ANSWERS)('reads $name as $code', ({ reply, code }) => {
    const { text, failure } = readAnswerText((reply as { body: object }).body)
    expect({ text, code: failure?.code }).toEqual({ text: '', code })
    expect(failure?.publicMessage).toBe(FAILURES[code].message)
    expect(failure?.message).not.toContain('CANARY')
  })

  const scripted = JSON.stringify(FAILED_ANSWERS)

  it('is tested with every finish reason that the SDK knows', () => {
    const successes = new Set(['STOP', 'FINISH_REASON_UNSPECIFIED'])
    const reasons = Object.values(FinishReason).filter((reason) => !successes.has(reason))
    expect(reasons.length).toBeGreaterThan(15)
    expect(reasons.filter((reason) => !scripted.includes(`"finishReason":"${reason}"`))).toEqual([])
  })

  it('is tested with every block reason that the SDK knows', () => {
    const reasons = Object.values(BlockedReason)
    expect(reasons.length).toBeGreaterThan(5)
    expect(reasons.filter((reason) => !scripted.includes(`"blockReason":"${reason}"`))).toEqual([])
  })
})
