import type { FirebaseApp } from 'firebase/app'
import { getAuth } from 'firebase/auth'
import type { SignedIn } from './settings.ts'

/** The app's own Auth. In a file of its own, since it brings the code of pop-ups and redirects with it. */
export function defaultAuth(app: FirebaseApp): SignedIn {
  return getAuth(app)
}
