import { z } from 'zod'
import { CannotLook } from './finding.ts'

const timeoutMs = 20_000

/** Google's error body: https://cloud.google.com/apis/design/errors, 2026-11. */
const errorBody = z.object({ error: z.looseObject({ code: z.int(), message: z.string().default('') }) })

/**
 * What is at an address.
 * @returns undefined when the service says that there is nothing: 404, in the form that Google's errors have
 * @throws CannotLook for any other answer than the one expected
 */
export async function readJson<S extends z.ZodType>(
  url: string,
  schema: S,
  headers: Headers = new Headers(),
): Promise<z.output<S> | undefined> {
  const { status, body } = await fetchJson(url, headers)
  const service = new URL(url).host
  if (status === 200) {
    const result = schema.safeParse(body)
    if (result.success) return result.data
    throw new CannotLook(`${service} answered in no form that we know: ${z.prettifyError(result.error)}`)
  }
  const failure = errorBody.safeParse(body)
  if (!failure.success) throw new CannotLook(`${service} answered ${status}, and not as Google's services do`)
  if (status === 404) return undefined
  throw new CannotLook(`${service} answered ${status}: ${failure.data.error.message}`)
}

async function fetchJson(url: string, headers: Headers): Promise<{ status: number; body: unknown }> {
  const service = new URL(url).host
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
    const text = await response.text()
    return { status: response.status, body: parse(text) }
  } catch (error) {
    const reason =
      error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : ''
    throw new CannotLook(`${service} cannot be reached: ${reason}`, { cause: error })
  }
}

/** The JSON of a text, or undefined where it is none, as in a gateway's page about an outage. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
