import type { Auth, UserRecord } from 'firebase-admin/auth'
import { VisionError } from '../../errors.ts'
import { type AccountClass, type Accounts, OPERATOR_CLAIM } from '../../ports/accounts.ts'

/** The custom claim with which an app vouches for users that Firebase Authentication cannot verify. */
const VERIFIED_CLAIM = 'firesightVerified'

/** Accounts in Firebase Authentication. */
export function firebaseAccounts(auth: Auth): Accounts {
  return {
    async find(uid) {
      const user = await auth.getUser(uid).catch((cause: unknown) => {
        if (cause instanceof Error && 'code' in cause && cause.code === 'auth/user-not-found')
          return undefined
        throw new VisionError('storage-unavailable', 'Cannot read the account of a user', { cause })
      })
      if (!user) return undefined
      const { disabled, tokensValidAfterTime: validAfter } = user
      return {
        class: classOf(user),
        disabled,
        isOperator: user.customClaims?.[OPERATOR_CLAIM] === true,
        tokensValidAfter: new Date(validAfter === undefined ? 0 : validAfter),
      }
    },
  }
}

function classOf({
  email,
  emailVerified,
  phoneNumber,
  providerData,
  customClaims,
}: UserRecord): AccountClass {
  if (customClaims?.[VERIFIED_CLAIM] === true || phoneNumber !== undefined) return 'verified'
  // Anonymous users have no provider.
  return providerData.length > 0 && (email === undefined || emailVerified) ? 'verified' : 'restricted'
}
