/**
 * `restricted`: a user without a verified identity (anonymous, or with an e-mail address that is not
 * verified), who can be created in any number at no cost. Limits for restricted users are lower.
 */
export type AccountClass = 'verified' | 'restricted'

/** The custom claim of operators, set with the Admin SDK. */
export const OPERATOR_CLAIM = 'firesightOperator'

/** A user's account in Firebase Authentication. */
export type Account = {
  class: AccountClass
  /** An operator has disabled the account. */
  disabled: boolean
  /** The account has the operator claim now. ID tokens keep a removed claim for up to an hour. */
  isOperator: boolean
  /** ID tokens of sign-ins before this time are revoked. */
  tokensValidAfter: Date
}

/** The accounts of users. Adapter: `firebase-accounts.ts`. */
export interface Accounts {
  /**
   * @returns undefined if there is no such user
   * @throws VisionError `storage-unavailable` if Firebase Authentication cannot be read
   */
  find(uid: string): Promise<Account | undefined>
}
