import { z } from 'zod'
import { CannotLook } from './finding.ts'

/** How our own functions refuse somebody who is not signed in: https://firebase.google.com/docs/functions/callable-reference, 2026-11. */
const refusal = z.looseObject({
  error: z.looseObject({
    details: z.looseObject({ reason: z.enum(['unauthenticated', 'app-check-failed']) }),
  }),
})

/**
 * Whether clients reach a function: they carry no account of Google Cloud, so that Cloud Run must let everybody in, and it is our code that
 * refuses who is not signed in. Asked as nobody; it wakes an instance, and costs nothing else.
 * @returns what is wrong
 * @throws CannotLook for any other answer
 */
export async function refusalByCloudRun(uri: string): Promise<string | undefined> {
  const { host } = new URL(uri)
  const headers = { 'content-type': 'application/json' }
  let response: Response
  let text: string
  try {
    response = await fetch(uri, {
      method: 'POST',
      headers,
      body: '{"data":{}}',
      signal: AbortSignal.timeout(60_000),
    })
    text = await response.text()
  } catch (error) {
    throw new CannotLook(`${host} cannot be reached`, { cause: error })
  }
  if (response.status === 401 && refusal.safeParse(parse(text)).success) return undefined
  if (response.status === 403) return 'Cloud Run turns clients away before the function sees them (403)'
  throw new CannotLook(
    `${host} answered ${response.status} to somebody who is not signed in, where 401 was expected`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
