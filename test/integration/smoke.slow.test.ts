import { initializeApp } from 'firebase-admin/app'
import { getStorage } from 'firebase-admin/storage'
import { expect, test } from 'vitest'
import type { Result } from '../../tools/smoke/results.ts'
import { BUCKET, PROJECT } from '../support/app.ts'
import { runTool } from '../support/run-node.ts'

const smoke = async (args: string[], changes?: NodeJS.ProcessEnv) => runTool('smoke', args, changes)

test('npm run smoke annotates three photos, calls each function, and leaves nothing', {
  timeout: 240_000,
}, async () => {
  const { code, out } = await smoke(['--json', '--patience', '75'])
  const { results } = JSON.parse(out) as { results: Result[] }
  expect(results.filter(({ state }) => state !== 'ok')).toEqual([])
  expect(results.map(({ name }) => name)).toEqual([
    'sign-in',
    ...results.slice(1, 4).map(({ name }) => name),
    'answerQuestion',
    'compareImages',
    'detectObjects',
    'describeImage',
    'annotateImage',
    'rules: other users',
    'sweepNow',
    'startBackfill',
    'stopBackfill',
    'deleteUserData',
    'delete a photo',
    'deleteMyData',
    'delete the user',
  ])
  expect(
    results
      .slice(1, 4)
      .every(({ name, found }) => name.startsWith('photo: ') && /^[1-9]\d* objects/.test(found)),
  ).toBe(true)
  expect(results.find(({ name }) => name === 'deleteMyData')?.found).toMatch(/^verifying: 2 photos/)
  expect(code).toBe(0)
})

test('npm run smoke reports functions that cannot be reached, and exits with 1', async () => {
  const { code, out } = await smoke(['--patience', '75'], { FUNCTIONS_EMULATOR_HOST: '127.0.0.1:9' })
  expect(out).toMatch(/^failed +answerQuestion .*network/m)
  expect(out).toMatch(/^failed +deleteMyData/m)
  expect(code).toBe(1)
})

test('npm run smoke with an account keeps its earlier photos, and exits with 0', {
  timeout: 240_000,
}, async () => {
  const account = { email: `${crypto.randomUUID()}@example.com`, password: 'secret-1' }
  const auth = `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1`
  const created = await fetch(`${auth}/accounts:signUp?key=fake`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...account, returnSecureToken: true }),
  })
  const { localId } = (await created.json()) as { localId: string }
  const app = initializeApp({ projectId: PROJECT, storageBucket: BUCKET }, 'smoke')
  const bucket = getStorage(app).bucket()
  const folder = `users/${localId}/uploads/`
  // Too small to be a photo: it is rejected without a call of the model, and stays in the bucket.
  await bucket.file(`${folder}earlier.jpg`).save('earlier', { contentType: 'image/jpeg' })
  const { code, out } = await smoke(['--json', '--patience', '75'], {
    SMOKE_EMAIL: account.email,
    SMOKE_PASSWORD: account.password,
  })
  const { results } = JSON.parse(out) as { results: Result[] }
  expect(results.filter(({ state }) => state === 'failed')).toEqual([])
  expect(results.filter(({ state }) => state === 'skipped').map(({ name }) => name)).toEqual([
    'rules: other users',
    'deleteMyData',
  ])
  const [files] = await bucket.getFiles({ prefix: folder })
  expect(files.map(({ name }) => name)).toEqual([`${folder}earlier.jpg`])
  expect(code).toBe(0)
})
