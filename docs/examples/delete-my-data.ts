import { type Firesight, FiresightError } from '@firesight/client'
import { type Auth, type AuthCredential, reauthenticateWithCredential } from 'firebase/auth'

/** Deletes all data of the signed-in user, then the account. `ask` returns what the user signs in with. */
export async function deleteAccount(
  firesight: Firesight,
  auth: Auth,
  ask: () => Promise<AuthCredential>,
): Promise<void> {
  const user = auth.currentUser!
  if (user.isAnonymous) await firesight.deleteMyData({ confirm: 'delete my data' })
  else {
    try {
      await firesight.deleteMyData()
    } catch (error) {
      if (!(error instanceof FiresightError) || error.code !== 'sign-in-too-old') throw error
      await reauthenticateWithCredential(user, await ask())
      await firesight.deleteMyData()
    }
  }
  await user.delete()
}
