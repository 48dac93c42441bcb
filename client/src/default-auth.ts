import type { FirebaseApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'
import type { AuthState } from './settings.ts'

/**
 * In a file of its own so that it is loaded on demand: `getAuth` includes the code for pop-ups and redirects.
 */
export function defaultAuth(app: FirebaseApp): AuthState {
  return getAuth(app)
}
