import { randomUUID } from 'node:crypto'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { type DocumentReference, getFirestore, Timestamp } from 'firebase-admin/firestore'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { startSweeps } from '../../tools/relay/sweeps.ts'
import { uploadAsAdmin } from '../support/admin.ts'
import { annotatePhoto } from '../support/annotate-photo.ts'
import { BUCKET, emulator, PROJECT, signIn, type User } from '../support/app.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

/* The sweeper, the queue and backfills with the emulators of functions, Firestore, Cloud Storage and Cloud Tasks. */

const app = initializeApp({ projectId: PROJECT }, randomUUID())
const documentOf = (path: string) => getFirestore(app).collection('images').doc(imageIdOf(BUCKET, path))
let user: User
let png: Buffer

beforeAll(async () => {
  ;({ png } = await drawScene(OWN_SHAPES))
  user = await signIn()
  // Other test files may have created the operator.
  await getAuth(app)
    .createUser({ uid: 'operator' })
    .catch(() => undefined)
  await getAuth(app).setCustomUserClaims('operator', { firesightOperator: true })
})
afterAll(async () => {
  await user.close()
  await deleteApp(app)
})
beforeEach(async () => gemini.reset())

/** A call with an unsigned token, which the emulator accepts. */
async function call(name: string, data: unknown, claims: object) {
  const token = [
    { alg: 'none', typ: 'JWT' },
    {
      sub: 'operator',
      user_id: 'operator',
      aud: PROJECT,
      iss: `https://securetoken.google.com/${PROJECT}`,
      auth_time: Math.ceil(Date.now() / 1000),
      ...claims,
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const { url } = emulator('FUNCTIONS_EMULATOR_HOST')
  const response = await fetch(`${url}/${PROJECT}/us-central1/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.join('.')}.` },
    body: JSON.stringify({ data }),
  })
  return (await response.json()) as {
    result?: unknown
    error?: { status: string; details: { reason: string } }
  }
}

const asOperator = async (name: string, data: unknown) =>
  (await call(name, data, { firesightOperator: true })).result

/** The document of a worker that crashed after it had stored the description. */
async function leaveHalfDone(document: DocumentReference): Promise<void> {
  const { steps } = (await document.get()).data() as Annotation
  const past = Timestamp.fromMillis(Date.now() - 60_000)
  await document.update({
    status: 'processing',
    steps: { ...steps, locate: { state: 'pending', paidCalls: 1 }, draw: { state: 'pending' } },
    lease: { token: 'crashed', expiresAt: past },
    dueAt: past,
  })
}

describe('sweepNow', () => {
  it('re-queues the photo of a crashed worker, which resumes after the last checkpoint', async () => {
    const { path, annotation } = await annotatePhoto(user, 'half-done.png', png, 'image/png')
    await leaveHalfDone(documentOf(path))
    await gemini.reset()
    expect(await asOperator('sweepNow', {})).toMatchObject({ redriven: 1, removed: 0, walked: true })
    const finished = (await user.annotated(path, 'succeeded')).annotation
    expect(finished).toMatchObject({
      crashes: 1,
      caption: annotation.caption,
      steps: { locate: { paidCalls: 2 } },
    })
    expect(await gemini.requests()).toHaveLength(1)
    expect((await documentOf(path).get()).data()).not.toHaveProperty('dueAt')
  })

  it('is also run by the scheduled sweep, which `npm start` runs each minute', async () => {
    const { path } = await annotatePhoto(user, 'scheduled.png', png, 'image/png')
    await leaveHalfDone(documentOf(path))
    const { host, port } = emulator('FUNCTIONS_EMULATOR_HOST')
    const stop = startSweeps({ functionsHost: `${host}:${port}`, everyMs: 100, log: expect.fail })
    onTestFinished(stop)
    expect((await user.annotated(path, 'succeeded')).annotation).toMatchObject({ crashes: 1 })
  })

  it('removes the results of a photo that no longer exists', async () => {
    const { path } = await annotatePhoto(user, 'gone.png', png, 'image/png')
    const name = path.replace('gone', 'never-there')
    const annotation = (await documentOf(path).get()).data()!
    await documentOf(name).set({ ...annotation, name })
    expect(await asOperator('sweepNow', {})).toMatchObject({ removed: 1 })
    expect((await documentOf(name).get()).data()).toMatchObject({ status: 'deleted' })
    expect((await documentOf(path).get()).data()).toMatchObject({ status: 'succeeded' })
  })
})

describe('startBackfill', () => {
  it('annotates photos without events, and counts them', async () => {
    const paths = ['a', 'b', 'c'].map((name) => `users/${user.uid}/uploads/before-${name}.png`)
    for (const path of paths) {
      await uploadAsAdmin(path, png)
      await user.annotated(path, 'succeeded')
      await documentOf(path).delete()
    }
    await gemini.reset()
    const prefix = `users/${user.uid}/uploads/before-`
    expect(await asOperator('startBackfill', { prefix })).toMatchObject({
      dryRun: true,
      photos: 3,
      state: 'done',
    })
    expect(await gemini.requests()).toEqual([])

    const started = (await asOperator('startBackfill', { prefix, dryRun: false, maxPhotos: 2 })) as {
      id: string
    }
    expect(started).toMatchObject({ photos: 2, state: 'capped', estimate: { tokens: expect.any(Number) } })
    const [annotated] = await Promise.all(
      paths.slice(0, 2).map(async (path) => user.annotated(path, 'succeeded')),
    )
    expect(annotated!.annotation).toMatchObject({ owner: user.uid, objects: expect.any(Array) })
    await expect
      .poll(async () => (await getFirestore(app).doc(`firesightBackfills/${started.id}`).get()).data())
      .toMatchObject({ ended: { succeeded: 2 } })
    expect((await documentOf(paths[2]!).get()).exists).toBe(false)
  })

  it('asks the tier flex, and the standard tier after a refusal, which opens no circuit', async () => {
    // Other tests open circuits for missing models.
    const circuitIds = async () => {
      const { docs } = await getFirestore(app).collection('firesightCircuits').get()
      return docs.map(({ id }) => id).filter((id) => id.startsWith('gemini-api'))
    }
    const before = await circuitIds()
    const path = `users/${user.uid}/uploads/flex.png`
    await uploadAsAdmin(path, png)
    await user.annotated(path, 'succeeded')
    await documentOf(path).delete()
    await gemini.reset()
    await gemini.script({
      match: { serviceTier: 'flex', textIncludes: 'Describe this picture' },
      times: 1,
      reply: { status: 503 },
    })
    await asOperator('startBackfill', { prefix: path, dryRun: false })
    const { annotation } = await user.annotated(path, 'succeeded')
    expect(annotation).toMatchObject({ steps: { describe: { paidCalls: 1 }, locate: { paidCalls: 1 } } })
    const sent = await gemini.requests()
    expect(sent.map(({ serviceTier = 'standard', status }) => `${serviceTier} ${status}`).toSorted()).toEqual(
      ['flex 200', 'flex 503', 'standard 200'],
    )
    expect(await circuitIds()).toEqual(before)
  })

  it.each(['sweepNow', 'startBackfill', 'stopBackfill'])(
    '%s refuses callers who are not operators',
    async (name) => {
      const { error } = await call(name, name === 'stopBackfill' ? { id: 'x' } : {}, {
        firesightOperator: 'true',
      })
      expect(error).toMatchObject({ status: 'PERMISSION_DENIED', details: { reason: 'operators-only' } })
    },
  )
})
