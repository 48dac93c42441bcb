/** An error response in Google's format. https://google.aip.dev/193, 2026-11. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly code: number
  readonly status: Status
  readonly details: object[] | undefined

  constructor(status: Status, message: string, details?: object[]) {
    super(message)
    this.code = HTTP_STATUS[status]
    this.status = status
    this.details = details
  }

  toJSON(): { error: { code: number; message: string; status: Status; details?: object[] } } {
    const { code, message, status, details } = this
    return { error: { code, message, status, ...(details && { details }) } }
  }
}

// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto, 2026-11.
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const

export type Status = keyof typeof HTTP_STATUS

export function invalid(message: string, details?: object[]): ApiError {
  return new ApiError('INVALID_ARGUMENT', message, details)
}

/** The error for a body that does not match its message, with one violation per field. */
export function badRequest(violations: { field: string; description: string }[]): ApiError {
  const message = violations.map(({ description }) => description).join('\n')
  return invalid(message, [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: violations.map(({ field, description }) => ({ ...(field && { field }), description })),
    },
  ])
}

/** The status name for an HTTP status code. */
export function statusOf(code: number): Status | 'UNKNOWN' {
  const found = Object.entries(HTTP_STATUS).find(([, value]) => value === code)
  return (found?.[0] as Status | undefined) ?? 'UNKNOWN'
}
