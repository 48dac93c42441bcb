import { z } from 'zod'
import { CannotCheck } from './finding.ts'

/**
 * The error of our functions for a call without sign-in.
 * https://firebase.google.com/docs/functions/callable-reference, 2026-11.
 */
const unauthenticatedError = z.looseObject({
  error: z.looseObject({
    details: z.looseObject({ reason: z.enum(['unauthenticated', 'app-check-failed']) }),
  }),
})

/**
 * Checks that clients can reach a function. Clients have no Google Cloud account, so Cloud Run must allow all
 * invocations, and our code rejects calls without sign-in. Calls the function without sign-in, which starts
 * an instance but costs nothing else.
 * @returns the problem, if Cloud Run rejects the call
 * @throws CannotCheck for any other unexpected response
 */
export async function rejectionByCloudRun(uri: string): Promise<string | undefined> {
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
    throw new CannotCheck(`${host} cannot be reached`, { cause: error })
  }
  if (response.status === 401 && unauthenticatedError.safeParse(parse(text)).success) return undefined
  if (response.status === 403) return 'Cloud Run rejects calls before they reach the function (403)'
  throw new CannotCheck(`${host} returned ${response.status} to a call without sign-in, expected 401`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
