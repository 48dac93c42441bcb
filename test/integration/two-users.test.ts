import {
  collection,
  deleteDoc,
  doc,
  getDoc,
  getDocs,
  limit,
  query,
  setDoc,
  updateDoc,
  where,
} from 'firebase/firestore'
import { connectFunctionsEmulator, getFunctions, httpsCallable } from 'firebase/functions'
import {
  deleteObject,
  getBytes,
  getDownloadURL,
  getMetadata,
  listAll,
  ref,
  updateMetadata,
  uploadBytes,
} from 'firebase/storage'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { BUCKET, emulator, signIn, type User } from '../support/app.ts'
import { CALL_NAMES, REQUESTS } from '../support/call-samples.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'

/* One user cannot read or change another user's photos: by no callable, no rule and no form of a path. */

let alice: User
let bob: User
let photo: string
let overlay: string
let mask: string
let imageId: string

beforeAll(async () => {
  ;[alice, bob] = await Promise.all([signIn(), signIn()])
  photo = await bob.upload('bobs.png', (await drawScene(OWN_SHAPES)).png, 'image/png')
  const { annotation } = await bob.annotated(photo, 'succeeded')
  overlay = annotation.overlay!.path
  mask = annotation.objects![0]!.mask!.path
  imageId = imageIdOf(BUCKET, photo)
})
afterAll(async () => {
  await Promise.all([alice.close(), bob.close()])
})

function call(user: User, name: string) {
  const functions = getFunctions(user.app)
  const { host, port } = emulator('FUNCTIONS_EMULATOR_HOST')
  connectFunctionsEmulator(functions, host, port)
  const callable = httpsCallable(functions, name, { timeout: 60_000 })
  return async (data: unknown) => callable(data).then(({ data: result }) => result)
}

/** Ways to reference Bob's photo or its results. */
const FORMS: [what: string, path: () => string][] = [
  ['its name', () => photo],
  ['its gs:// URL', () => `gs://${BUCKET}/${photo}`],
  [
    'a relative path through her own folder',
    () => `users/${alice.uid}/uploads/../../${bob.uid}/uploads/bobs.png`,
  ],
  [
    'an escaped relative path through her own folder',
    () => `users/${alice.uid}/uploads/%2e%2e%2f%2e%2e%2f${bob.uid}%2fuploads%2fbobs.png`,
  ],
  ['a leading slash', () => `/${photo}`],
  ['two slashes', () => photo.replace('/uploads', '//uploads')],
  ['a dot', () => photo.replace('/uploads', '/./uploads')],
  [
    'its download URL',
    () => `${emulator('FIREBASE_STORAGE_EMULATOR_HOST').url}/v0/b/${BUCKET}/o/${encodeURIComponent(photo)}`,
  ],
  ['its overlay', () => overlay],
  ['one of its masks', () => mask],
  ['its id', () => imageId],
]

describe.each([...CALL_NAMES, 'annotateImage'] as const)('%s', (name) => {
  const request = (path: string) => (name === 'annotateImage' ? { path } : REQUESTS[name]({ path }))

  it.each(FORMS)("refuses Alice Bob's photo by %s", async (_, path) => {
    const error = await call(
      alice,
      name,
    )(request(path())).then(
      () => undefined,
      (refused: unknown) => refused,
    )
    expect(error).toMatchObject({
      code: 'functions/permission-denied',
      details: { reason: 'path-not-allowed' },
    })
  })

  it('accepts a request of Bob', async () => {
    await expect(call(bob, name)(request(photo))).resolves.toBeDefined()
  })
})

describe('storage.rules', () => {
  const of = (path: string) => ref(alice.storage, path)

  it.each(FORMS.filter(([what]) => /its name|overlay|masks/.test(what)))(
    'refuse Alice to read %s',
    async (_, path) => {
      await expect(getBytes(of(path()))).rejects.toMatchObject({ code: 'storage/unauthorized' })
      await expect(getMetadata(of(path()))).rejects.toMatchObject({ code: 'storage/unauthorized' })
      await expect(getDownloadURL(of(path()))).rejects.toMatchObject({ code: 'storage/unauthorized' })
    },
  )

  it.each(FORMS.filter(([what]) => /its name|overlay|masks/.test(what)))(
    'refuse Alice to delete, replace and relabel %s',
    async (_, path) => {
      await expect(deleteObject(of(path()))).rejects.toMatchObject({ code: 'storage/unauthorized' })
      await expect(uploadBytes(of(path()), Buffer.from('x'), { contentType: 'image/png' })).rejects.toThrow(
        'storage/unauthorized',
      )
      await expect(updateMetadata(of(path()), { customMetadata: { a: 'b' } })).rejects.toThrow(
        'storage/unauthorized',
      )
    },
  )

  it("refuse Alice to list Bob's folders and to add files", async () => {
    for (const folder of ['uploads', 'annotations', `annotations/${imageId}`])
      await expect(listAll(of(`users/${bob.uid}/${folder}`))).rejects.toMatchObject({
        code: 'storage/unauthorized',
      })
    const mine = uploadBytes(of(`users/${bob.uid}/uploads/alices.png`), Buffer.from('x'), {
      contentType: 'image/png',
    })
    await expect(mine).rejects.toMatchObject({ code: 'storage/unauthorized' })
  })
})

describe('firestore.rules', () => {
  const document = (user: User) => doc(user.firestore, 'images', imageId)

  it("refuse Alice to read Bob's document", async () => {
    await expect(getDoc(document(alice))).rejects.toMatchObject({ code: 'permission-denied' })
    const images = collection(alice.firestore, 'images')
    await expect(getDocs(query(images, where('owner', '==', bob.uid), limit(1)))).rejects.toMatchObject({
      code: 'permission-denied',
    })
    await expect(getDocs(query(images, limit(1)))).rejects.toMatchObject({ code: 'permission-denied' })
  })

  it.each([['Alice', () => alice] as const, ['Bob', () => bob] as const])(
    'refuse %s to write it',
    async (_, user) => {
      await expect(setDoc(document(user()), { owner: alice.uid })).rejects.toMatchObject({
        code: 'permission-denied',
      })
      await expect(updateDoc(document(user()), { owner: alice.uid })).rejects.toMatchObject({
        code: 'permission-denied',
      })
      await expect(deleteDoc(document(user()))).rejects.toMatchObject({ code: 'permission-denied' })
    },
  )
})

it('Bob can still read his photo and its results', async () => {
  for (const path of [photo, overlay, mask]) expect((await bob.download(path)).length).toBeGreaterThan(0)
  const { annotation } = await bob.annotated(photo, 'succeeded')
  expect(annotation.owner).toBe(bob.uid)
})
