/* oxlint-disable vitest/expect-expect -- assertFails() and assertSucceeds() are the assertions here */
import { randomUUID } from 'node:crypto'
import { assertFails, assertSucceeds, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bucket, clearBucket, rulesEnvironment } from './environment.ts'

let environment: RulesTestEnvironment
beforeAll(async () => {
  environment = await rulesEnvironment()
  await clearBucket(environment)
})
afterAll(async () => {
  await environment.cleanup()
})

/** Storage for a user, or for a signed-out client (null). */
function storageOf(uid: string | null) {
  const context = uid === null ? environment.unauthenticatedContext() : environment.authenticatedContext(uid)
  return context.storage(bucket)
}

const MB = 1024 * 1024

type Metadata = {
  contentType?: string
  contentEncoding?: string
  contentDisposition?: string
  cacheControl?: string
  customMetadata?: Record<string, string>
}
type Upload = {
  uid: string | null
  folder: string
  name: string
  bytes: number
  metadata: Metadata
}

/** An allowed upload, with a new name each time. */
const goodUpload = (): Upload => ({
  uid: 'alice',
  folder: 'users/alice/uploads',
  name: `${randomUUID()}.jpg`,
  bytes: 3,
  metadata: { contentType: 'image/jpeg' },
})

async function upload({ uid, folder, name, bytes, metadata }: Upload) {
  await storageOf(uid).ref(`${folder}/${name}`).put(new Uint8Array(bytes).fill(1), metadata)
}

describe('storage.rules: create of an upload', () => {
  const allowed: [string, Partial<Upload>][] = [
    ['a JPEG', {}],
    ['a PNG', { metadata: { contentType: 'image/png' } }],
    ['a WebP', { metadata: { contentType: 'image/webp' } }],
    ['a HEIC', { metadata: { contentType: 'image/heic' } }],
    ['a HEIF', { metadata: { contentType: 'image/heif' } }],
    ['one byte', { bytes: 1 }],
    ['exactly 20 MB', { bytes: 20 * MB }],
    ['a name as cameras give them', { name: 'IMG_0042.HEIC' }],
    ['a name with dots and dashes', { name: '2026-11-22_10.15.00.jpeg' }],
    ['a name of 100 characters', { name: `${'n'.repeat(96)}.jpg` }],
    ['an ending that differs from the type', { name: 'misnamed.png' }],
    ['own metadata', { metadata: { contentType: 'image/jpeg', customMetadata: { album: 'holidays' } } }],
    [
      'the cache control of the client library',
      { metadata: { contentType: 'image/jpeg', cacheControl: 'private' } },
    ],
    ['the disposition "inline"', { metadata: { contentType: 'image/jpeg', contentDisposition: 'inline' } }],
    ['the encoding "identity"', { metadata: { contentType: 'image/jpeg', contentEncoding: 'identity' } }],
  ]
  test.each(allowed)('allows %s', async (_what, change) => {
    await assertSucceeds(upload({ ...goodUpload(), ...change }))
  })

  // Each differs from an allowed upload in one property.
  const refused: [string, Partial<Upload>][] = [
    ['a signed-out client', { uid: null }],
    ['another user', { uid: 'bob' }],
    ['a user id with the same beginning', { uid: 'alic' }],
    ['an empty file', { bytes: 0 }],
    ['20 MB and a byte', { bytes: 20 * MB + 1 }],
    ['a GIF', { metadata: { contentType: 'image/gif' } }],
    ['an SVG', { metadata: { contentType: 'image/svg+xml' } }],
    ['HTML', { metadata: { contentType: 'text/html' } }],
    ['a type that begins with an allowed one', { metadata: { contentType: 'image/jpeg; charset=utf-8' } }],
    ['a type in capitals', { metadata: { contentType: 'IMAGE/JPEG' } }],
    ['no type', { metadata: {} }],
    ['gzip', { metadata: { contentType: 'image/jpeg', contentEncoding: 'gzip' } }],
    ['gzip in capitals', { metadata: { contentType: 'image/jpeg', contentEncoding: 'GZIP' } }],
    ['gzip among others', { metadata: { contentType: 'image/jpeg', contentEncoding: 'identity, gzip' } }],
    ['brotli', { metadata: { contentType: 'image/jpeg', contentEncoding: 'br' } }],
    ['an unknown encoding', { metadata: { contentType: 'image/jpeg', contentEncoding: 'x' } }],
    [
      'a disposition as an attachment',
      { metadata: { contentType: 'image/jpeg', contentDisposition: 'attachment; filename="bill.exe"' } },
    ],
    [
      'more than ten values of own metadata',
      {
        metadata: {
          contentType: 'image/jpeg',
          customMetadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`key${i}`, 'value'])),
        },
      },
    ],
    ['a name with a letter that becomes ASCII in lower case', { name: 'park\u212A.jpg' }],
    ['an ending with such a letter', { name: 'photo.\u212A' }],
    ['a name without an ending', { name: 'photo' }],
    ['a name of nothing but an ending', { name: '.jpg' }],
    ['a hidden name', { name: '.photo.jpg' }],
    ['a name that begins with a dash', { name: '-photo.jpg' }],
    ['the ending of another kind of file', { name: 'photo.gif' }],
    ['a second ending', { name: 'photo.jpg.exe' }],
    ['a name of 101 characters', { name: `${'n'.repeat(97)}.jpg` }],
    ['a name with a space', { name: 'my photo.jpg' }],
    ['a name with a percent sign', { name: '%2e%2e.jpg' }],
    ['a name with a line break', { name: 'photo\n.jpg' }],
    ['a name beyond ASCII', { name: 'фото.jpg' }],
    ['a folder in the uploads', { name: 'holidays/photo.jpg' }],
    ['the folder of the results', { folder: 'users/alice/annotations/image/1' }],
    ['another folder of the user', { folder: 'users/alice' }],
    ['the top folder', { folder: '', name: 'photo.jpg' }],
    ["another bucket layout, beside users' folders", { folder: 'uploads/alice' }],
  ]
  test.each(refused)('refuses %s', async (_what, change) => {
    await assertSucceeds(upload(goodUpload()))
    await assertFails(upload({ ...goodUpload(), ...change }))
  })

  test('refuses to overwrite, and allows the name again once the photo is deleted', async () => {
    const photo = goodUpload()
    await assertSucceeds(upload(photo))
    await assertFails(upload(photo))
    await assertSucceeds(storageOf('alice').ref(`${photo.folder}/${photo.name}`).delete())
    await assertSucceeds(upload(photo))
  })
})

describe('storage.rules: an upload that exists', () => {
  let path: string
  beforeAll(async () => {
    const photo = goodUpload()
    path = `${photo.folder}/${photo.name}`
    await upload(photo)
  })

  test.each([null, 'bob'])('get refuses %s and allows the owner', async (uid) => {
    await assertFails(storageOf(uid).ref(path).getMetadata())
    await assertFails(storageOf(uid).ref(path).getDownloadURL())
    await assertSucceeds(storageOf('alice').ref(path).getMetadata())
    await assertSucceeds(storageOf('alice').ref(path).getDownloadURL())
  })

  test.each([null, 'bob'])('list refuses %s and allows the owner', async (uid) => {
    await assertFails(storageOf(uid).ref('users/alice/uploads').listAll())
    const { items } = await assertSucceeds(storageOf('alice').ref('users/alice/uploads').listAll())
    expect(items.map((item: { fullPath: string }) => item.fullPath)).toContain(path)
  })

  test.each(['', 'users', 'users/alice'])('list refuses the owner the folder "%s"', async (folder) => {
    await assertFails(storageOf('alice').ref(folder).listAll())
  })

  test.each([
    ['its type', { contentType: 'image/png' }],
    ['its encoding', { contentEncoding: 'gzip' }],
    ['its own metadata', { customMetadata: { album: 'other' } }],
  ])('update refuses the owner another value for %s', async (_what, metadata) => {
    await assertFails(storageOf('alice').ref(path).updateMetadata(metadata))
  })

  test.each([null, 'bob'])('delete refuses %s and allows the owner', async (uid) => {
    const photo = goodUpload()
    await upload(photo)
    const own = `${photo.folder}/${photo.name}`
    await assertFails(storageOf(uid).ref(own).delete())
    await assertSucceeds(storageOf('alice').ref(own).delete())
  })
})

describe('storage.rules: results', () => {
  const folder = 'users/alice/annotations/image/1732270000000000'
  const files = ['overlay.png', 'thumbnail.jpg', 'masks/0.png']

  beforeAll(async () => {
    await environment.withSecurityRulesDisabled(async (context) => {
      for (const file of files) {
        await context
          .storage(bucket)
          .ref(`${folder}/${file}`)
          .put(new Uint8Array([1]), { contentType: 'image/png' })
      }
    })
  })

  describe.each(files)('%s', (file) => {
    test.each([null, 'bob'])('get refuses %s and allows the owner', async (uid) => {
      await assertFails(storageOf(uid).ref(`${folder}/${file}`).getMetadata())
      await assertSucceeds(storageOf('alice').ref(`${folder}/${file}`).getMetadata())
    })

    test('refuses the owner to create, update and delete', async () => {
      const reference = storageOf('alice').ref(`${folder}/${file}`)
      await assertFails(upload({ ...goodUpload(), folder, name: file }))
      await assertFails(reference.updateMetadata({ contentType: 'text/html' }))
      await assertFails(reference.delete())
      await assertSucceeds(reference.getMetadata())
    })
  })

  test('list refuses the owner', async () => {
    await assertFails(storageOf('alice').ref(folder).listAll())
    await assertSucceeds(storageOf('alice').ref(`${folder}/overlay.png`).getMetadata())
  })
})

describe('storage.rules: copies for the model', () => {
  const folder = 'users/alice/model-inputs'
  const path = `${folder}/0123.jpg`

  test.each([null, 'bob', 'alice'])('refuse %s to get, list, create and delete', async (uid) => {
    await environment.withSecurityRulesDisabled(async (context) => {
      await context
        .storage(bucket)
        .ref(path)
        .put(new Uint8Array([1]), { contentType: 'image/jpeg' })
    })
    const copy = storageOf(uid).ref(path)
    await assertFails(copy.getMetadata())
    await assertFails(copy.getDownloadURL())
    await assertFails(storageOf(uid).ref(folder).listAll())
    await assertFails(upload({ ...goodUpload(), uid, folder }))
    await assertFails(copy.delete())
  })
})
