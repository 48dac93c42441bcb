import { refusal } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { opened } from './guarded.ts'
import { loaded } from './services.ts'
import type { FiresightOptions, SignedIn } from './settings.ts'

const SIGN_IN = 'Sign in first.'

/** @throws FiresightError `unauthenticated` if nobody is signed in */
export async function signedInUid({ app, auth: given }: FiresightOptions): Promise<string> {
  const auth = given ?? (await defaultAuthOf(app))
  await auth.authStateReady()
  if (auth.currentUser) return auth.currentUser.uid
  throw refusal('unauthenticated', SIGN_IN)
}

/**
 * Why a watch was refused. Rules refuse those who are signed out in the same words as strangers; an Auth that was given tells them apart.
 * None is looked up for it: that would set up Auth for an app that means to do so itself.
 */
export function watchRefusal(error: unknown, auth: SignedIn | undefined): unknown {
  const isSignedOut = auth && !auth.currentUser
  return isSignedOut && toFiresightError(error).code === 'permission-denied'
    ? refusal('unauthenticated', SIGN_IN, error)
    : error
}

async function defaultAuthOf(app: FiresightOptions['app']): Promise<SignedIn> {
  const { defaultAuth } = await loaded(import('./default-auth.ts'))
  return opened('Auth', () => defaultAuth(app))
}
