import type { GoogleGenAI, GoogleGenAIOptions } from '@google/genai'
import { limitedFetch } from './limited-fetch.ts'

export type GenaiClientOptions = {
  provider:
    | { name: 'gemini-api'; apiKey: () => string }
    | { name: 'vertex-ai'; project: string; location: string }
  /** The longest wait for one attempt, in a stream for its next chunk. */
  timeoutMs: number
  /** A server other than Google's, such as the local Gemini API: `http://127.0.0.1:9610`. */
  baseUrl?: string | undefined
}

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
