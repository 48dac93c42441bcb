import type { CallableRequest } from 'firebase-functions/https'
import type { AccountClass } from '../ports/accounts.ts'

type Token = NonNullable<CallableRequest['auth']>['token']

/** The class of a signed-in caller, from the verified claims of the ID token. */
export function accountClassOf({
  firebase,
  email,
  email_verified: emailVerified,
  phone_number: phoneNumber,
  firesightVerified,
}: Token): AccountClass {
  if (firesightVerified === true || phoneNumber !== undefined) return 'verified'
  if (firebase?.sign_in_provider === 'anonymous') return 'restricted'
  return email === undefined || emailVerified === true ? 'verified' : 'restricted'
}
