import { type Auth, EmailAuthProvider, linkWithCredential, sendEmailVerification } from 'firebase/auth'

/** Turns an anonymous user into a permanent one. The user id, and with it all photos, stay. */
export async function keepAccount(auth: Auth, email: string, password: string): Promise<void> {
  const credential = EmailAuthProvider.credential(email, password)
  const { user } = await linkWithCredential(auth.currentUser!, credential)
  await sendEmailVerification(user) // The higher limits apply once the address is verified.
}
