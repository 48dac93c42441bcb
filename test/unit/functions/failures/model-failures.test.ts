import { ApiError, BlockedReason, FinishReason } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { toHttpsError } from '../../../../functions/src/callables/https-error.ts'
import { type ErrorCode, FAILURES, VisionError } from '../../../../functions/src/errors.ts'
import { readAnswerText } from '../../../../functions/src/model/gemini/finish-reason.ts'
import {
  asServiceError,
  isTooLarge,
  type ServiceFault,
  serviceFault,
} from '../../../../functions/src/model/gemini/service-error.ts'
import { mayHaveBeenPaid } from '../../../../functions/src/quota/perhaps-paid.ts'
import { FAILED_ANSWERS } from '../../../support/failed-answers.ts'
import { FAILED_REQUESTS } from '../../../support/failed-requests.ts'
import { callErrorOf, type Facts, type Failure } from '../../../support/failure-row.ts'
import { JSON_FAILURES } from '../../../support/failure-table.ts'

/* Every failure of the model service and its meaning, without HTTP. The suites beside this file send a few of them through each function. */

/** The error that @google/genai throws for a reply. */
function thrownBy({ reply, thrown }: Failure): Error {
  if (thrown) return thrown
  const { status, body } = reply as { status: number; body?: object }
  return new ApiError({ status, message: body ? JSON.stringify(body) : '<!DOCTYPE html><html>' })
}

const FAULTS: Record<ServiceFault, Facts['fault']> = {
  stumbled: 'transient',
  'perhaps-paid': 'transient',
  overloaded: 'overloaded',
  'rate-limited': 'rate-limited',
  'told-to-wait': 'rate-limited',
  final: 'final',
}
const factsOf = (failure: VisionError) => ({
  code: failure.code,
  retryAfterMs: failure.retryAfterMs,
  fault: FAULTS[serviceFault(failure)],
  maybeBilled: mayHaveBeenPaid(failure),
})

const apiError = (status: number, error: object) =>
  new ApiError({ status, message: JSON.stringify({ error: { code: status, ...error } }) })

describe('asServiceError()', () => {
  it.each(FAILED_REQUESTS)('reads $name as $code', (row) => {
    const thrown = thrownBy(row)
    const failure = asServiceError(thrown)!
    expect(factsOf(failure)).toEqual({
      code: row.code,
      retryAfterMs: row.retryAfterMs,
      fault: row.facts!.fault,
      maybeBilled: row.facts!.billing !== 'free',
    })
    expect(failure.cause).toBe(thrown)
    expect(`${failure.message} ${failure.publicMessage}`).not.toContain('CANARY')
  })

  it.each<[name: string, thrown: Error, code: ErrorCode]>([
    ['408', apiError(408, {}), 'model-timeout'],
    [
      '400 for an invalid image',
      apiError(400, { message: 'Provided image is not valid.' }),
      'model-refused-image',
    ],
    [
      '400 for a field with "image" in its name',
      apiError(400, { message: 'Unknown name "imageConfig" at generation_config: Cannot find field.' }),
      'model-refused-request',
    ],
    [
      'an error within a stream',
      new ApiError({ status: 503, message: 'got status: UNAVAILABLE. {}' }),
      'model-unavailable',
    ],
    ['a damaged stream', new Error('Incomplete JSON segment at the end'), 'model-unavailable'],
    ['a failed upload', new Error('Failed to upload file: no location'), 'model-unavailable'],
    ['the time limit of fetch', new DOMException('timed out', 'TimeoutError'), 'model-timeout'],
  ])('reads %s as %s', (_, thrown, code) => {
    expect(asServiceError(thrown)?.code).toBe(code)
  })

  it('reads a RetryInfo with a fraction of a second', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }]
    expect(asServiceError(apiError(429, { details }))?.retryAfterMs).toBe(1500)
  })

  it.each([
    [413, 'Too large', true],
    [400, 'Request payload size exceeds the limit: 20971520 bytes.', true],
    [400, 'Unable to process input image.', false],
  ])('knows from %i "%s" whether the request was too large: %s', (status, message, expected) => {
    expect(isTooLarge(asServiceError(apiError(status, { message }))!)).toBe(expected)
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
    expect(factsOf(failure)).toMatchObject({ fault: 'transient', maybeBilled: false })
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
