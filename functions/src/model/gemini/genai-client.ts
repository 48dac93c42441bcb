import type { GoogleGenAI, GoogleGenAIOptions, HttpOptions } from '@google/genai'
import { FLEX_REQUEST_SECONDS } from '../../config/time-limits.ts'
import { limitedFetch } from './limited-fetch.ts'
import { patientFetch } from './patient-fetch.ts'

export type GenaiClientOptions = {
  provider:
    | { name: 'gemini-api'; apiKey: () => string }
    | { name: 'vertex-ai'; project: string; location: string }
  /** The longest wait for one attempt, in a stream for its next chunk. */
  timeoutMs: number
  /** A server other than Google's, such as the local Gemini API: `http://127.0.0.1:9610`. */
  baseUrl?: string | undefined
}

/**
 * Of requests at the tier `flex`, in place of the client's options. TCP keeps the silent connection alive:
 * Node's fetch sends probes every minute.
 */
export const FLEX_HTTP = {
  timeout: FLEX_REQUEST_SECONDS * 1000,
  fetch: limitedFetch(patientFetch),
} satisfies HttpOptions

/** Loads @google/genai on the first request: most cold starts never need it. */
export async function loadClient(
  options: GenaiClientOptions,
  fetch?: typeof globalThis.fetch,
): Promise<GoogleGenAI> {
  const { GoogleGenAI } = await import('@google/genai')
  return new GoogleGenAI(clientOptions(options, fetch))
}

/** For a local server: the machine may have no service account. */
const LOCAL_CREDENTIALS = {
  getRequestHeaders: async () => new Headers({ authorization: 'Bearer local' }),
} as unknown as NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>

function clientOptions(
  { provider, timeoutMs, baseUrl }: GenaiClientOptions,
  fetch?: typeof globalThis.fetch,
): GoogleGenAIOptions {
  const httpOptions = {
    timeout: timeoutMs,
    ...(baseUrl && { baseUrl }),
    fetch: limitedFetch(fetch ?? globalThis.fetch),
  }
  if (provider.name === 'gemini-api') return { apiKey: provider.apiKey(), httpOptions }
  const { project, location } = provider
  const googleAuthOptions = baseUrl ? { googleAuthOptions: { authClient: LOCAL_CREDENTIALS } } : {}
  return { vertexai: true, project, location, httpOptions, ...googleAuthOptions }
}
