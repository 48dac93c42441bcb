/* oxlint-disable vitest/expect-expect -- assertFails() and assertSucceeds() are the assertions here */
import { assertFails, assertSucceeds, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIRESTORE, STORAGE } from '../../cli/src/rules/block.ts'
import { mergeRules } from '../../cli/src/rules/merge.ts'
import { bucket, readRules, restoreStorageRules, rulesEnvironment, useRules } from './environment.ts'

// The rules tests of this repository, on files that `firesight init` merged with rules of an app. The app's rules
// have helper functions of the same names as Firesight's, and wildcards that come close to its paths.

const appRules = {
  firestore: `rules_version = '2';

service cloud.firestore {
  match /databases/{database}/documents {
    function isOwner() { return true; }
    function isSignedIn() { return true; }

    match /posts/{id} {
      allow read: if isSignedIn();
      allow write: if request.auth.uid == resource.data.author;
    }
    match /{path=**}/comments/{id} { allow read; }
    match /{collection}/{id} { allow read, write: if collection in ['notes'] && isOwner(); }
    match /images/{id} { allow get: if resource.data.owner == request.auth.uid && isSignedIn(); }
    match /{document=**} { allow read, write: if false; }
  }
}
`,
  storage: `rules_version = '2';
service firebase.storage { match /b/{bucket}/o {
  function isOwner(uid) { return true; }
  function isImage() { return true; }
  match /avatars/{uid} { allow read: if isImage(); allow write: if request.auth.uid == uid; }
  match /{uid}/{file} { allow read, write: if request.auth.uid == uid && isOwner(uid); }
} }
`,
}

const layout = { uploadPaths: ['users/{uid}/uploads/{fileName}'], imagesCollections: ['images'] }

function textOf(merged: ReturnType<typeof mergeRules>): string {
  if ('obstacle' in merged) throw new Error(`Not merged: ${JSON.stringify(merged.obstacle)}`)
  return merged.text
}

useRules({
  firestore: textOf(mergeRules(appRules.firestore, await readRules('firestore.rules'), FIRESTORE, layout)),
  storage: textOf(mergeRules(appRules.storage, await readRules('storage.rules'), STORAGE, layout)),
})
afterAll(restoreStorageRules)

describe('merged rules: Firesight', async () => {
  // The rules decide as in this repository, although the app's functions of the same names are always true.
  await import('./storage.test.ts')
  await import('./firestore.test.ts')
})

describe('merged rules: the app', () => {
  let environment: RulesTestEnvironment
  beforeAll(async () => {
    environment = await rulesEnvironment()
  })
  afterAll(() => environment.cleanup())

  test.each(['notes/1', 'posts/1/comments/2'])('still reads %s', async (path) => {
    await assertSucceeds(environment.authenticatedContext('alice').firestore().doc(path).get())
  })

  test('still stores a file of its own', async () => {
    const storage = environment.authenticatedContext('alice').storage(bucket)
    await assertSucceeds((async () => storage.ref('avatars/alice').put(new Uint8Array(3)))())
    await assertFails((async () => storage.ref('avatars/bob').put(new Uint8Array(3)))())
    expect((await storage.ref('avatars/alice').getMetadata()).size).toBe(3)
  })
})
