import type { Request } from 'express'
import { ApiError, invalid } from './api-error.ts'

const INVALID_KEY = 'API key not valid. Please pass a valid API key.'

/** The Gemini API accepts any key except the literal `invalid`. */
export function requireKey(request: Request): void {
  const key = request.get('x-goog-api-key') ?? request.query.key
  if (key === 'invalid')
    throw invalid(INVALID_KEY, [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
        metadata: { service: 'generativelanguage.googleapis.com' },
      },
      { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message: INVALID_KEY },
    ])
  if (!key && !hasBearer(request))
    throw new ApiError(
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). " +
        'Please use API Key or other form of API consumer identity to call this API.',
    )
}

/** Vertex AI paths accept an access token, or an API key (express mode). */
export function requireIdentity(request: Request): void {
  if (hasBearer(request) || request.get('x-goog-api-key') || request.query.key) return
  throw new ApiError(
    'UNAUTHENTICATED',
    'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other ' +
      'valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
  )
}

function hasBearer(request: Request): boolean {
  return /^Bearer \S/.test(request.get('authorization') ?? '')
}
