import { describe, expect, it } from 'vitest'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import {
  modelInputsOfUser,
  resultsOfUser,
  uploadsOfUser,
} from '../../../../functions/src/maintenance/user-files.ts'
import { eraseCompletely, erasureOf, erasureServices, storeUser } from '../../../support/erasure-run.ts'
import { photos } from '../../../support/photo-run.ts'

const UPLOADS = 'users/{uid}/uploads/{fileName}'
const ID = imageIdOf('bucket', 'users/ab/uploads/1.png')

describe('uploadsOfUser()', () => {
  it.each([
    [UPLOADS, 'users/ab/uploads/', 'users/ab/uploads/1.png'],
    ['{uid}/{album}/{fileName}', 'ab/', 'ab/2026/1.png'],
    ['photos/{album}/{uid}/{fileName}', 'photos/', 'photos/2026/ab/1.png'],
    ['avatars/{uid}', 'avatars/ab', 'avatars/ab'],
  ])('%s', (path, prefix, name) => {
    const files = uploadsOfUser('ab', path)!
    expect(files.prefix).toBe(prefix)
    expect(name.startsWith(prefix)).toBe(true)
    expect(files.has(name)).toBe(true)
    expect(files.has(name.replace('ab', 'abc'))).toBe(false)
    expect(files.has(`${name}/more`)).toBe(false)
  })
})

describe('files of a user', () => {
  it('are uploads, results of the functions and copies, but no other files in the folder', () => {
    const [uploads, results] = [uploadsOfUser('ab', UPLOADS)!, resultsOfUser('ab')!]
    expect(uploads.has('users/ab/profile.json')).toBe(false)
    expect(results.has(`users/ab/annotations/${ID}/17/preview.jpg`)).toBe(true)
    expect(results.has('users/ab/annotations/notes.txt')).toBe(false)
    expect(results.has(`users/abc/annotations/${ID}/17/preview.jpg`)).toBe(false)
    const copies = modelInputsOfUser('ab')!
    expect(copies.has(`users/ab/model-inputs/${'0'.repeat(64)}.jpg`)).toBe(true)
    expect(copies.has('users/ab/model-inputs/other.jpg')).toBe(false)
  })
})

/** Ids that an operator may pass, by mistake or from an account that another system created. */
const HOSTILE = ['.', '..', '/', 'ab/annotations', '../ab', 'ab/..', 'ab/uploads/1.png', '{uid}', '*', '%61b']

describe.each(HOSTILE)('an erasure of the user %s', (uid) => {
  it('deletes no file of another user', async () => {
    const world = erasureServices()
    for (const other of ['ab', 'abc', 'a', 'AB']) await storeUser(other, world)
    const names = [...photos.files.keys()]
    await eraseCompletely(uid, world)
    expect(erasureOf(uid)).toMatchObject({
      state: 'done',
      deleted: { photos: 0, documents: 0, files: 0, modelFiles: 0 },
    })
    expect([...photos.files.keys()]).toEqual(names)
  })
})

describe.each(['ab', '{uid}', '*', '%61b', 'a b', 'ü', '$&', '__x__'])('the user %s', (uid) => {
  it('can be erased', async () => {
    const world = erasureServices()
    await storeUser('abc', world)
    const names = [...photos.files.keys()]
    await storeUser(uid, world)
    await eraseCompletely(uid, world)
    expect(erasureOf(uid)).toMatchObject({ state: 'done', deleted: { photos: 1, documents: 1 } })
    expect([...photos.files.keys()]).toEqual(names)
  })
})
