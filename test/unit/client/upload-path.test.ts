import { deleteApp, initializeApp } from 'firebase/app'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDocuments } from '../../../client/src/documents.ts'
import { createFiresight, FiresightError } from '../../../client/src/index.ts'
import { compileUploadPath } from '../../../client/src/upload-path.ts'
import { uploadPattern } from '../../../functions/src/document/storage-paths.ts'

const PNG = new Uint8Array(Buffer.from('89504e470d0a1a0a00', 'hex'))
const auth = { authStateReady: async () => {}, currentUser: { uid: 'u1' } }

function testApp(name: string) {
  const app = initializeApp({ projectId: 'demo-firesight', apiKey: 'fake', storageBucket: 'b' }, name)
  onTestFinished(async () => deleteApp(app))
  return app
}

describe('compileUploadPath()', () => {
  it.each([
    [undefined, {}, 'users/u1/uploads/a.png', 'u1'],
    ['albums/{uid}/{album}/{fileName}', { album: 'Été 2026' }, 'albums/u1/Été 2026/a.png', 'u1'],
    ['{group}/photos/{name}', { group: 'g' }, 'g/photos/a.png', null],
    ['{photo}', {}, 'a.png', null],
  ])('creates names of %s that the functions accept', async (pattern, segments, expected, owner) => {
    const name = await compileUploadPath(pattern)({ uid: async () => 'u1', fileName: 'a.png', segments })
    expect(name).toBe(expected)
    expect(uploadPattern(pattern ?? 'users/{uid}/uploads/{fileName}')(name)).toEqual({ owner })
  })

  it('needs no signed-in user for a path without {uid}', async () => {
    const uid = async () => expect.unreachable('the user was requested')
    const name = await compileUploadPath('inbox/{fileName}')({ uid, fileName: 'a.png', segments: {} })
    expect(name).toBe('inbox/a.png')
  })

  it.each<[string, Record<string, string>, string, string]>([
    ['a missing segment', {}, 'segments.album', 'it is undefined'],
    ['an empty segment', { album: '' }, 'segments.album', 'it is ""'],
    ['a segment with a slash', { album: 'a/b' }, 'segments.album', 'it is "a/b"'],
    ['a parent folder', { album: '..' }, 'segments.album', 'it is ".."'],
    ['an unknown segment', { album: 'a', folder: 'b' }, 'segments.folder', 'is not a placeholder'],
    ['the user', { album: 'a', uid: 'u2' }, 'segments.uid', 'cannot be given'],
    ['the file name', { album: 'a', fileName: 'b' }, 'segments.fileName', 'cannot be given'],
  ])('rejects %s', async (_, segments, path, message) => {
    const name = compileUploadPath('albums/{uid}/{album}/{fileName}')({
      uid: async () => 'u1',
      fileName: 'a.png',
      segments,
    })
    const issues = [{ path, message: expect.stringContaining(message) }]
    await expect(name).rejects.toMatchObject({ code: 'invalid-request', issues })
  })
})

describe('createFiresight()', () => {
  it.each(['users/{uid}/photo.png', 'photos/{uid}', '', 'users//{fileName}', 'users/u-{uid}/{fileName}'])(
    'refuses the uploadPath "%s"',
    (uploadPath) => {
      const app = testApp('refused')
      expect(() => createFiresight({ app, auth, uploadPath })).toThrow(
        expect.objectContaining({ name: FiresightError.name, code: 'misconfigured' }),
      )
    },
  )

  it('upload() sends the photo to the uploadPath', async () => {
    const [app, uploadPath, stop] = [
      testApp('albums'),
      'albums/{uid}/{album}/{fileName}',
      new AbortController(),
    ]
    const firesight = createFiresight({ app, auth, uploadPath, emulators: { storage: '127.0.0.1:1' } })
    const upload = await firesight.upload(PNG, { segments: { album: 'summer' }, signal: stop.signal })
    stop.abort()
    await expect(upload.done).rejects.toMatchObject({ code: 'cancelled' })
    expect(upload.path).toMatch(/^albums\/u1\/summer\/[\w-]{36}\.png$/)
  })
})

describe('openDocuments()', () => {
  it.each([
    [{ database: undefined, collection: undefined }, '(default)', 'images'],
    [{ database: 'photos', collection: 'tenants/a/pictures' }, 'photos', 'tenants/a/pictures'],
  ])('opens the collection of %o', (settings, database, collection) => {
    const images = openDocuments(testApp(`documents ${database}`), settings, undefined)
    expect(images.path).toBe(collection)
    expect(images.firestore.toJSON()).toMatchObject({ databaseId: { database } })
  })
})
