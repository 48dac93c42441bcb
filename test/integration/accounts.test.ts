import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { afterAll, expect, it } from 'vitest'
import { firebaseAccounts } from '../../functions/src/stores/auth/firebase-accounts.ts'
import { PROJECT, signIn } from '../support/app.ts'

const app = initializeApp({ projectId: PROJECT }, 'accounts')
afterAll(() => deleteApp(app))

it('firebaseAccounts() finds the class of users of Firebase Authentication', async () => {
  const auth = getAuth(app)
  const accounts = firebaseAccounts(auth)
  const email = (name: string) => `${name}-${process.pid}@example.com`
  const [unverified, verified, phone, claimed] = await Promise.all([
    auth.createUser({ email: email('unverified'), password: 'a-password' }),
    auth.createUser({ email: email('verified'), password: 'a-password', emailVerified: true }),
    auth.createUser({ phoneNumber: `+4915${String(10_000_000 + process.pid)}` }),
    auth.createUser({}),
  ])
  await auth.setCustomUserClaims(claimed.uid, { firesightVerified: true })
  const anonymous = await signIn()
  try {
    const classes = await Promise.all(
      [anonymous.uid, unverified.uid, verified.uid, phone.uid, claimed.uid].map(
        async (uid) => (await accounts.find(uid))?.class,
      ),
    )
    expect(classes).toEqual(['restricted', 'restricted', 'verified', 'verified', 'verified'])
    expect(await accounts.find('no-such-user')).toBeUndefined()
  } finally {
    await anonymous.close()
    await auth.deleteUsers([unverified.uid, verified.uid, phone.uid, claimed.uid])
  }
})
