import { describe, expect, test } from 'vitest'
import { storageConflicts } from './conflicts.ts'

describe('Storage rules', () => {
  test.each<[string, string, string[]]>([
    ['other folders', 'match /public/{file=**} { allow read, write; }', []],
    ['other folders of a user', 'match /users/{uid}/avatars/{file} { allow read; allow write: if x(); }', []],
    [
      'folders of users at the top',
      'match /{u}/{path=**} { allow read, write: if request.auth.uid == u; }',
      [],
    ],
    ['another layout', 'match /{user}/photos/{file} { allow get, write; }', []],
    [
      'another layout that anyone can list',
      'match /{user}/{folder}/{file} { allow read; }',
      ['read: users/{uid}/uploads/, users/{uid}/annotations/, users/{uid}/model-inputs/'],
    ],
    ['reads by the owner', 'match /users/{user}/{path=**} { allow read: if request.auth.uid == user; }', []],
    [
      "reads by the owner, by the wildcard's second segment",
      "match /{path=**} { allow get: if path[0] == 'users' && path[1] == request.auth.uid; }",
      [],
    ],
    [
      'writes by the owner',
      'match /users/{user}/{path=**} { allow write: if request.auth.uid == user; }',
      [
        'write: users/{uid}/uploads/{fileName}, users/{uid}/annotations/{imageId}/{generation}/{file}, users/{uid}/model-inputs/{file}',
      ],
    ],
    [
      'uploads of any type',
      'match /users/{u}/uploads/{f} { allow create: if request.auth.uid == u; }',
      ['write: users/{uid}/uploads/{fileName}'],
    ],
    [
      'results for all',
      'match /users/{u}/annotations/{i}/{g}/overlay.png { allow get; }',
      ['read: users/{uid}/annotations/{imageId}/{generation}/{file}'],
    ],
    [
      'a wildcard in a segment',
      'match /users/{u}/uploads/{name}.jpg { allow get; }',
      ['read: users/{uid}/uploads/{fileName}'],
    ],
    ['a list of all users', 'match /users { allow list: if request.auth != null; }', ['read: users/']],
    ['a get in a folder', 'match /users/{file} { allow get; }', []],
    [
      'the other user',
      'match /users/{u}/uploads/{f} { allow get: if request.auth.uid == f; }',
      ['read: users/{uid}/uploads/{fileName}'],
    ],
  ])('%s', (_what, rules, conflicts) => {
    expect(storageConflicts(rules)).toEqual(conflicts)
  })
})
