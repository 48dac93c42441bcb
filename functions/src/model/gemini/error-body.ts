import { z } from 'zod'

/** The body of an error response, as far as the mapping of errors depends on it. */
export type ErrorBody = {
  message: string
  googleStatus: string
  /** Of google.rpc.QuotaFailure: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
  quotaIds: string[]
  /** Of google.rpc.ErrorInfo: `API_KEY_INVALID`. */
  reasons: string[]
  retryAfterMs: number | undefined
}

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
          reason: z.string().optional().catch(undefined),
          domain: z.string().optional().catch(undefined),
          violations: z.array(z.looseObject({ quotaId: z.string().optional() })).catch([]),
        }),
      )
      .default([]),
  }),
})

const EMPTY_BODY: ErrorBody = {
  message: '',
  googleStatus: '',
  quotaIds: [],
  reasons: [],
  retryAfterMs: undefined,
}

/** Reads the body of an error. Empty fields if it is not Google's JSON. */
export function readErrorBody(text: string): ErrorBody {
  let json: unknown
  try {
    // Within a stream the SDK puts `got status: UNAVAILABLE.` before the body.
    json = JSON.parse(text.slice(Math.max(0, text.indexOf('{'))))
  } catch {
    // The page of a proxy instead of Google's JSON: only the status counts.
    return EMPTY_BODY
  }
  const parsed = errorBody.safeParse(json)
  if (!parsed.success) return EMPTY_BODY
  const { message, status, details } = parsed.data.error
  const delay = details.find((detail) => detail['@type']?.endsWith('google.rpc.RetryInfo'))?.retryDelay
  const seconds = delay === undefined ? Number.NaN : Number.parseFloat(delay)
  return {
    message,
    googleStatus: status,
    quotaIds: details.flatMap(({ violations }) => violations.flatMap(({ quotaId }) => quotaId ?? [])),
    reasons: details
      .filter((detail) => detail['@type']?.endsWith('google.rpc.ErrorInfo'))
      .flatMap(({ domain, reason }) => (domain?.endsWith('googleapis.com') && reason ? [reason] : [])),
    retryAfterMs: Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : undefined,
  }
}
