import { z } from 'zod'
import { type ErrorCode, VisionError } from '../../errors.ts'

/** What the API says of a picture that it cannot use, as seen in public threads; read 2026-11-22. */
const IMAGE_REFUSED =
  /(process|decode|retrieve|supported|valid)[^.:"]{0,20} image|image (is|was|type|format)[^.:"]{0,20}(not|invalid|unsupported)/i

/** Plain errors of @google/genai 3.1.0 for damaged streams and uploads. */
const SDK_FAILURE =
  /^(Incomplete JSON segment|exception parsing stream chunk|Response body is empty|Failed to (upload file|get upload url)|All content has been uploaded)/

/** Google's error body: https://cloud.google.com/apis/design/errors, 2026-11. */
const errorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    details: z
      .array(
        z.looseObject({
          '@type': z.string().optional(),
          retryDelay: z.string().optional(),
          violations: z.array(z.looseObject({ quotaId: z.string().optional() })).catch([]),
        }),
      )
      .default([]),
  }),
})

/**
 * What a failed request means, as an expected failure; or undefined when the error is not the service's but a bug of ours.
 * The shapes are those that @google/genai 3.1 shows: ApiError with a status, fetch's TypeError for a lost connection, SyntaxError
 * for a body that is not JSON, AbortError for a time-out, and plain errors for streams and uploads that lack their end.
 */
export function asServiceError(error: unknown): VisionError | undefined {
  if (error instanceof VisionError) return error
  if (!(error instanceof Error)) return undefined
  const status = statusOf(error)
  if (status !== undefined) return fromStatus(status, error)
  if (error.name === 'AbortError' || error.name === 'TimeoutError') {
    return new VisionError('model-timeout', 'The model service did not answer in time', { cause: error })
  }
  if (error instanceof SyntaxError) {
    return new VisionError('model-unavailable', 'The model service answered with a damaged body', {
      cause: error,
    })
  }
  if (error instanceof TypeError && /fetch failed|terminated/.test(error.message)) {
    return new VisionError('model-unavailable', 'The connection to the model service was lost', {
      cause: error,
    })
  }
  if (SDK_FAILURE.test(error.message)) {
    return new VisionError('model-unavailable', 'The model service answered with a damaged body', {
      cause: error,
    })
  }
  return undefined
}

/**
 * How the service speaks of a file that it cannot use: one that is not there (any more), not ready, or another's. As seen in public
 * threads and Google's samples; read 2026-11-22.
 * https://github.com/googleapis/python-genai/issues/1218, https://github.com/googleapis/js-genai/issues/666
 */
const FILE_UNUSABLE = /\bfiles?\b|file_?uri|provided ur[il]|gs:\/\/|storage\.objects/i

/** Whether a request failed for one of its files, so that it may succeed with another. */
export function isAboutFile(error: unknown): boolean {
  const cause = error instanceof VisionError ? error.cause : error
  if (!(cause instanceof Error && 'status' in cause)) return false
  return [400, 403, 404].includes(Number(cause.status)) && FILE_UNUSABLE.test(cause.message)
}

/**
 * How a failed request is repeated. `stumbled`: an error of 500, a lost connection. `overloaded`: 503, 502, an error page. `rate-limited`:
 * too many in a minute; `told-to-wait`: and the service says for how long. `perhaps-paid`: nobody knows whether it was. `final`: repeating
 * it is no use.
 */
export type ServiceFault =
  | 'stumbled'
  | 'overloaded'
  | 'rate-limited'
  | 'told-to-wait'
  | 'perhaps-paid'
  | 'final'

export function serviceFault({ code, cause, retryAfterMs }: VisionError): ServiceFault {
  if (code === 'model-rate-limited') return retryAfterMs === undefined ? 'rate-limited' : 'told-to-wait'
  if (code === 'model-timeout') return 'perhaps-paid'
  if (code !== 'model-unavailable') return 'final'
  const status = statusOf(cause)
  if (status === 500 || (cause instanceof TypeError && !CUT.test(cause.message))) return 'stumbled'
  // A success whose body was cut, or was no JSON.
  return status === undefined ? 'perhaps-paid' : 'overloaded'
}

/** How fetch tells that a body broke off, rather than that none came. */
const CUT = /terminated/

/** Whether the service has too much to do, rather than having stumbled over this request. */
export function isOverloaded(failure: VisionError): boolean {
  return serviceFault(failure) === 'overloaded'
}

/** Whether the request was larger than the service takes. */
export function isTooLarge({ code, cause }: VisionError): boolean {
  return code === 'model-refused-image' && (statusOf(cause) === 413 || TOO_LARGE.test(String(cause)))
}

/** As the API words a request over its limit, in public threads; read 2026-11-27. */
const TOO_LARGE = /payload size exceeds|request (entity|size|payload)[^.:"]{0,20} (too large|exceeds)/i

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined
}

/** For what is used up until a day or a bill has passed: the RetryInfo that comes with it is often of seconds. */
const LONG_WAIT_MS = 60 * 60 * 1000

function fromStatus(status: number, cause: Error): VisionError {
  const { retryAfterMs, ...body } = parseBody(cause.message)
  const code = codeOf(status, body)
  const isLong = code === 'model-day-limit' || code === 'model-budget-spent'
  return new VisionError(code, `The model service answered ${status} ${body.googleStatus}`.trim(), {
    cause,
    retryAfterMs: isLong ? Math.max(retryAfterMs ?? 0, LONG_WAIT_MS) : retryAfterMs,
  })
}

/** Prepaid credits or a spending cap, as public threads quote them; "check your plan and billing details" stands in every 429. Read 2026-11-22. */
const BUDGET_SPENT =
  /spend(ing)?[ -](cap|limit)|prepa(y|id)|credits? (are|is|have been) (depleted|exhausted|used)/i

function codeOf(
  status: number,
  { message, googleStatus, quotaIds }: Omit<ErrorText, 'retryAfterMs'>,
): ErrorCode {
  const text = `${googleStatus} ${message}`
  if (status === 402) return 'model-budget-spent'
  if (status === 429 && BUDGET_SPENT.test(message)) return 'model-budget-spent'
  if (status === 429 && quotaIds.some((id) => id.includes('PerDay'))) return 'model-day-limit'
  if (status === 429) return 'model-rate-limited'
  if (status === 408 || status === 504) return 'model-timeout'
  if (status >= 500) return 'model-unavailable'
  if (status === 404) return 'model-not-found'
  if (status === 400 && /api key|FAILED_PRECONDITION/i.test(text)) return 'model-misconfigured'
  if (status === 400 && IMAGE_REFUSED.test(text)) return 'model-refused-image'
  if (status === 413 || (status === 400 && TOO_LARGE.test(message))) return 'model-refused-image'
  if (status === 400) return 'model-refused-request'
  // 401 and 403: the key or the service account.
  return 'model-misconfigured'
}

/** What an error of the service says, as far as we go by it. */
type ErrorText = {
  message: string
  googleStatus: string
  /** Of google.rpc.QuotaFailure: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  quotaIds: string[]
  retryAfterMs: number | undefined
}

const NOTHING_SAID: ErrorText = { message: '', googleStatus: '', quotaIds: [], retryAfterMs: undefined }

function parseBody(text: string): ErrorText {
  let json: unknown
  try {
    // An error in a stream is told after the words `got status: UNAVAILABLE.`
    json = JSON.parse(text.slice(Math.max(0, text.indexOf('{'))))
  } catch {
    // Not Google's JSON but some proxy's page: the status alone decides.
    return NOTHING_SAID
  }
  const parsed = errorBody.safeParse(json)
  if (!parsed.success) return NOTHING_SAID
  const { message, status, details } = parsed.data.error
  const delay = details.find((detail) => detail['@type']?.endsWith('google.rpc.RetryInfo'))?.retryDelay
  const seconds = delay === undefined ? Number.NaN : Number.parseFloat(delay)
  return {
    message,
    googleStatus: status,
    quotaIds: details.flatMap(({ violations }) => violations.flatMap(({ quotaId }) => quotaId ?? [])),
    retryAfterMs: Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : undefined,
  }
}
