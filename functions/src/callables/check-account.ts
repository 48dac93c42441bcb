import type { CallableRequest } from 'firebase-functions/https'
import { VisionError } from '../errors.ts'
import { type Accounts, OPERATOR_CLAIM } from '../ports/accounts.ts'

/** @throws VisionError `operators-only` unless the token has the operator claim */
export function checkOperatorClaim({ auth }: CallableRequest<unknown>): void {
  if (auth?.token[OPERATOR_CLAIM] !== true) throw notOperator('token')
}

/**
 * Checks what an ID token cannot show, because it stays valid for an hour: whether the account still exists,
 * is enabled and has the operator claim, and whether its tokens were revoked after the sign-in.
 * @throws VisionError `unauthenticated`, `operators-only`; `storage-unavailable` if Firebase Authentication
 * cannot be read
 */
export async function checkAccount(
  { uid, signedInAt }: { uid: string; signedInAt: Date },
  accounts: Accounts,
  { operatorsOnly = false }: { operatorsOnly?: boolean },
): Promise<void> {
  const account = await accounts.find(uid)
  if (!account) throw unauthenticated('the account does not exist')
  if (account.disabled) throw unauthenticated('the account is disabled')
  // As verifyIdToken() of firebase-admin (14.1) with checkRevoked.
  if (signedInAt < account.tokensValidAfter) throw unauthenticated('the tokens of this sign-in are revoked')
  if (operatorsOnly && !account.isOperator) throw notOperator('account')
}

function unauthenticated(found: string): VisionError {
  return new VisionError('unauthenticated', `Cannot accept the call: ${found}`)
}

function notOperator(place: 'token' | 'account'): VisionError {
  return new VisionError('operators-only', `Cannot accept the call: the ${place} lacks ${OPERATOR_CLAIM}`)
}
