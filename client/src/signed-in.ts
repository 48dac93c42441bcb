import { permanentError } from './error.ts'
import { toFiresightError } from './firebase-error.ts'
import { importModule } from './services.ts'
import type { AuthState, FiresightOptions } from './settings.ts'
import { openService } from './wrap-errors.ts'

const SIGN_IN = 'Sign in first.'

/** @throws FiresightError `unauthenticated` without a signed-in user */
export async function signedInUid({ app, auth: given }: FiresightOptions): Promise<string> {
  const auth = given ?? (await defaultAuthOf(app))
  await auth.authStateReady()
  if (auth.currentUser) return auth.currentUser.uid
  throw permanentError('unauthenticated', SIGN_IN)
}

/**
 * The reason for a denied watch. Firestore rules deny signed-out users and other users with the same code;
 * the caller's `auth` distinguishes them. Does not fall back to `getAuth(app)`: that would initialize Auth
 * before the app does.
 */
export function watchRefusal(error: unknown, auth: AuthState | undefined): unknown {
  const isSignedOut = auth && !auth.currentUser
  return isSignedOut && toFiresightError(error).code === 'permission-denied'
    ? permanentError('unauthenticated', SIGN_IN, error)
    : error
}

async function defaultAuthOf(app: FiresightOptions['app']): Promise<AuthState> {
  const { defaultAuth } = await importModule(import('./default-auth.ts'))
  return openService('Auth', () => defaultAuth(app))
}
