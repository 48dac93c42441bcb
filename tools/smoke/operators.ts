import { OPERATOR_CLAIM } from '../../functions/src/ports/accounts.ts'
import type { Visitor } from './connect.ts'
import { type Results, shorten } from './results.ts'

/** The functions for operators. A user without the claim must be refused, which shows that they run. */
const OPERATOR_CALLS: Record<string, object> = {
  sweepNow: {},
  startBackfill: {},
  stopBackfill: { id: 'smoke' },
  deleteUserData: { uid: 'smoke' },
}

/** Checks that the functions for operators refuse the user. An operator calls none: they would really start. */
export async function checkOperators(
  results: Results,
  { user, headers }: Pick<Visitor, 'headers'> & { user: Pick<Visitor['user'], 'getIdTokenResult'> },
  functionUrl: (name: string) => string,
): Promise<void> {
  const { claims } = await user.getIdTokenResult()
  for (const [name, data] of Object.entries(OPERATOR_CALLS)) {
    if (claims[OPERATOR_CLAIM] === true) {
      results.skip(name, `the account has the claim ${OPERATOR_CLAIM}, so the call would start the work`)
      continue
    }
    await results.run(name, async () => {
      const sent = await headers()
      sent.set('content-type', 'application/json')
      const response = await fetch(functionUrl(name), {
        method: 'POST',
        headers: sent,
        body: JSON.stringify({ data }),
        signal: AbortSignal.timeout(120_000),
      })
      const text = await response.text()
      if (response.status !== 403 || !text.includes('operators-only'))
        throw new Error(`returned ${response.status} to a user who is no operator: ${shorten(text)}`)
      return { value: undefined, found: 'refuses users who are no operators' }
    })
  }
}
