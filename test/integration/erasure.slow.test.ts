import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Storage } from '@google-cloud/storage'
import { connectFunctionsEmulator, getFunctions, httpsCallable } from 'firebase/functions'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { type DocumentReference, getFirestore, Timestamp } from 'firebase-admin/firestore'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErasureResult } from '../../functions/src/api/erasure.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { erasureKey } from '../../functions/src/maintenance/erasure.ts'
import { cloudStorageModelUploads } from '../../functions/src/stores/cloud-storage/cloud-storage-model-uploads.ts'
import { firestoreModelFiles } from '../../functions/src/stores/firestore/firestore-model-files.ts'
import { BUCKET, emulator, PROJECT, signIn, type User } from '../support/app.ts'
import { gemini } from '../support/gemini-control.ts'

/*
 * A user does everything that stores something, and deletes all data. Then nothing with the user's id or the
 * names of the photos is left in Firestore, Cloud Storage or the local Gemini API, except the listed records.
 */

/** Larger than one inline request together, so that the calls use the Files API. */
const PHOTOS = 16
const SIDE = 1536
const SIZE = { width: SIDE, height: SIDE }
const OBJECT = {
  label: 'noise',
  box_2d: [250, 250, 750, 750],
  mask: [
    [250, 250],
    [750, 250],
    [750, 750],
  ],
}

const app = initializeApp({ projectId: PROJECT }, randomUUID())
const firestore = getFirestore(app)
const bucket = new Storage({ projectId: PROJECT }).bucket(BUCKET)
let alice: User
let bob: User
let photos: string[]
let bobsPhoto: string

beforeAll(async () => {
  await gemini.reset()
  const description = { caption: 'Noise.', altText: 'Noise.', labels: [], text: '' }
  const replies = { 'Describe this picture': description, 'segmentation masks': [OBJECT] }
  for (const [textIncludes, answer] of Object.entries(replies))
    await gemini.script({
      match: { imageSize: SIZE, textIncludes },
      reply: { text: JSON.stringify(answer) },
    })
  ;[alice, bob] = await Promise.all([signIn(), signIn()])
  photos = []
  let jpeg = Buffer.alloc(0)
  for (let index = 0; index < PHOTOS; index++) {
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const
    jpeg = await sharp(randomBytes(SIDE * SIDE * 3), { raw })
      .jpeg({ quality: 97 })
      .toBuffer()
    photos.push(await alice.upload(`alices-${index}.jpg`, jpeg))
  }
  bobsPhoto = await bob.upload('bobs.jpg', jpeg)
  for (const path of photos) await alice.annotated(path, 'succeeded')
  await bob.annotated(bobsPhoto, 'succeeded')
})
afterAll(async () => {
  await gemini.reset()
  await Promise.all([alice.close(), bob.close(), deleteApp(app)])
})

function callAs(user: User) {
  const functions = getFunctions(user.app)
  const { host, port } = emulator('FUNCTIONS_EMULATOR_HOST')
  connectFunctionsEmulator(functions, host, port)
  return async (name: string, data: object) =>
    (await httpsCallable(functions, name, { timeout: 100_000 })(data)).data
}

/** Sweeps as an operator, with an unsigned token, which the emulator accepts. */
async function sweep(): Promise<void> {
  const uid = 'operator'
  // Other test files may have created the operator.
  await getAuth(app)
    .createUser({ uid })
    .catch(() => undefined)
  await getAuth(app).setCustomUserClaims(uid, { firesightOperator: true })
  const about = { sub: uid, user_id: uid, aud: PROJECT, iss: `https://securetoken.google.com/${PROJECT}` }
  const claims = { ...about, auth_time: Math.ceil(Date.now() / 1000), firesightOperator: true }
  const token = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const { url } = emulator('FUNCTIONS_EMULATOR_HOST')
  const response = await fetch(`${url}/${PROJECT}/us-central1/sweepNow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.join('.')}.` },
    body: '{"data":{}}',
  })
  if (!response.ok) throw new Error(`sweepNow answered ${response.status}: ${await response.text()}`)
}

/** All documents as text, with their paths, except those for which `isListed` is true. */
async function firestoreDump(isListed: (path: string) => boolean): Promise<string> {
  const lines: string[] = []
  const visit = async (parent: typeof firestore | DocumentReference): Promise<void> => {
    for (const collection of await parent.listCollections()) {
      for (const document of await collection.listDocuments()) {
        const { path } = document
        if (!isListed(path)) lines.push(`${path} ${JSON.stringify((await document.get()).data())}`)
        await visit(document)
      }
    }
  }
  await visit(firestore)
  return lines.join('\n')
}

const objectNames = async () => (await bucket.getFiles())[0].map(({ name }) => name).join('\n')

async function geminiFiles(): Promise<string> {
  const { url } = emulator('GEMINI_EMULATOR_HOST')
  let files = ''
  let pageToken: string | undefined = ''
  while (pageToken !== undefined) {
    const page = await fetch(`${url}/v1beta/files?pageSize=100&pageToken=${pageToken}&key=any`)
    const answer = (await page.json()) as { files?: object[]; nextPageToken?: string }
    files += JSON.stringify(answer.files ?? [])
    pageToken = answer.nextPageToken
  }
  return files
}

it('deleteMyData() leaves nothing of the user but the listed records, and all data of other users', async () => {
  const call = callAs(alice)
  const images = photos.map((path) => ({ path }))
  const detection = (await call('detectObjects', {
    image: images[0],
    targets: ['noise'],
    masks: true,
    overlay: true,
    output: 'stored',
  })) as { stored: { path: string } }
  const answer = { summary: 'Noise.', similarities: ['Noise.'], differences: [] }
  await gemini.script({
    match: { imageSize: SIZE, textIncludes: 'Compare these' },
    reply: { text: JSON.stringify(answer) },
  })
  await call('compareImages', { images })
  await call('annotateImage', { path: photos[1], force: true })
  // A deleted photo has left a tombstone.
  await alice.remove(photos[2]!)
  await alice.annotated(photos[2]!, 'deleted')
  // The copy of a call with Vertex AI.
  const sha256 = 'f'.repeat(64)
  const copy = await cloudStorageModelUploads(new Storage({ projectId: PROJECT }), BUCKET).upload({
    owner: alice.uid,
    sha256,
    mimeType: 'image/jpeg',
    data: Buffer.from('copy'),
  })
  const records = firestoreModelFiles(firestore)
  await records.put(`vertex-${alice.uid}`, { ...copy, owner: alice.uid, photo: null })
  // The tombstone of the deleted photo is written before its copies are deleted.
  await expect.poll(() => records.ofPhoto(imageIdOf(BUCKET, photos[2]!), 10)).toEqual([])
  const copies = await records.ofOwner(alice.uid, 100)
  const uris = copies.map(({ uri }) => uri)

  const terms = [alice.uid, 'alices-', detection.stored.path]
  const before = `${await firestoreDump(() => false)}\n${await objectNames()}`
  for (const term of [...terms, `model-inputs/${sha256}`]) expect(before).toContain(term)
  // `files/1783b3e5902d` of `https://host/v1/files/1783b3e5902d`.
  const files = uris.flatMap((uri) => /files\/\w+$/.exec(uri) ?? [])
  expect(files.length).toBeGreaterThan(0)
  const filesBefore = await geminiFiles()
  for (const file of files) expect(filesBefore).toContain(file)
  const bobsNames = async () => (await objectNames()).split('\n').filter((name) => name.includes(bob.uid))
  const bobsBefore = await bobsNames()

  const result = (await call('deleteMyData', { confirm: 'delete my data' })) as ErasureResult
  expect(result).toMatchObject({ state: 'verifying', deleted: { photos: PHOTOS - 1, documents: PHOTOS } })
  // The events of the deleted uploads may delete the copies of their photos first, but no copies of calls.
  const ofCalls = copies.filter(({ photo }) => photo === null)
  expect(ofCalls.length).toBeGreaterThan(0)
  expect(result.deleted.modelFiles).toBeGreaterThanOrEqual(ofCalls.length + 1)

  // The deletions of the uploads send events.
  await sleep(8000)
  const progress = firestore.doc(`firesightErasures/${erasureKey(alice.uid)}`)
  const verify = async () => {
    await progress.update({ dueAt: Timestamp.fromMillis(Date.now() - 1000) })
    await sweep()
    return (await progress.get()).data()
  }
  // An event that is still running can make a sweep delete something again.
  await expect.poll(verify, { interval: 5000 }).toMatchObject({ state: 'done', error: null })

  const isListed = (path: string) => path === progress.path || path === `firesightQuotas/${alice.uid}`
  const left = `${await firestoreDump(isListed)}\n${await objectNames()}`
  for (const term of [...terms, `model-inputs/${sha256}`]) expect(left).not.toContain(term)
  const filesLeft = await geminiFiles()
  for (const file of files) expect(filesLeft).not.toContain(file)
  expect(JSON.stringify(await gemini.allRequests())).not.toContain(alice.uid)
  const tombstone = (await firestore.doc(`images/${imageIdOf(BUCKET, photos[0]!)}`).get()).data()
  expect(tombstone).toMatchObject({ status: 'deleted', owner: null })
  expect(await bobsNames()).toEqual(bobsBefore)
  expect((await firestore.doc(`images/${imageIdOf(BUCKET, bobsPhoto)}`).get()).data()).toMatchObject({
    status: 'succeeded',
    owner: bob.uid,
  })
})
