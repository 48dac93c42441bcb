import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getFirestore } from 'firebase-admin/firestore'
import { getFunctions } from 'firebase-admin/functions'
import { afterAll, expect, it } from 'vitest'
import type { SetupCheck } from '../../functions/src/maintenance/check-setup.ts'
import { PROJECT } from '../support/app.ts'

const app = initializeApp({ projectId: PROJECT }, 'setup')
afterAll(() => deleteApp(app))

it('onSetupCheck reaches every part of the deployment, and stores its report', async () => {
  // As the Firebase CLI does after the first deployment.
  await getFunctions(app).taskQueue('onSetupCheck').enqueue({})
  const document = getFirestore(app).doc('firesightUpkeep/setup')
  const checks = async () => (await document.get()).get('checks') as SetupCheck[] | undefined
  await expect.poll(checks).toHaveLength(6)
  expect((await checks())?.filter(({ ok }) => !ok)).toEqual([])
})
