import type { Account, Accounts } from '../../ports/accounts.ts'

/** The account of every user that is not in `accounts`. */
export const VERIFIED: Account = {
  class: 'verified',
  disabled: false,
  isOperator: false,
  tokensValidAfter: new Date(0),
}

/** Accounts in memory, for tests and local trials. Other users are verified and no operators. */
export function memoryAccounts(): Accounts & {
  /** By uid; undefined: there is no such user. */
  accounts: Map<string, Account | undefined>
} {
  const accounts = new Map<string, Account | undefined>()
  return {
    accounts,
    async find(uid) {
      return accounts.has(uid) ? accounts.get(uid) : VERIFIED
    },
  }
}
