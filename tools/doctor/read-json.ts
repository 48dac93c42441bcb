import { z } from 'zod'
import { CannotCheck } from './finding.ts'

const timeoutMs = 20_000

/** Google's error body: https://cloud.google.com/apis/design/errors, 2026-11. */
const errorBody = z.object({ error: z.looseObject({ code: z.int(), message: z.string().default('') }) })

/** A request with a JSON body. */
export type JsonRequest = { method: 'POST' | 'PATCH'; body: unknown }

/**
 * Reads JSON from a URL.
 * @returns undefined for a 404 in the format of Google's errors
 * @throws CannotCheck for any other unexpected response
 */
export async function readJson<S extends z.ZodType>(
  url: string,
  schema: S,
  headers: Headers = new Headers(),
  request?: JsonRequest,
): Promise<z.output<S> | undefined> {
  const { status, body } = await fetchJson(url, headers, request)
  const service = new URL(url).host
  if (status === 200) {
    const result = schema.safeParse(body)
    if (result.success) return result.data
    throw new CannotCheck(`${service} returned an unexpected format: ${z.prettifyError(result.error)}`)
  }
  const failure = errorBody.safeParse(body)
  if (!failure.success) throw new CannotCheck(`${service} returned ${status} without a Google API error`)
  if (status === 404) return undefined
  throw new CannotCheck(`${service} returned ${status}: ${failure.data.error.message}`)
}

async function fetchJson(
  url: string,
  headers: Headers,
  request: JsonRequest | undefined,
): Promise<{ status: number; body: unknown }> {
  const service = new URL(url).host
  const withType = new Headers(headers)
  if (request) withType.set('content-type', 'application/json')
  try {
    const response = await fetch(url, {
      headers: withType,
      ...(request && { method: request.method, body: JSON.stringify(request.body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await response.text()
    return { status: response.status, body: parse(text) }
  } catch (error) {
    const reason =
      error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : ''
    throw new CannotCheck(`${service} cannot be reached: ${reason}`, { cause: error })
  }
}

/** Parses JSON; undefined for other text, such as the error page of a gateway. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
