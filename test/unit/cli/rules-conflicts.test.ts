import { describe, expect, test } from 'vitest'
import { firestoreAreas } from '../../../cli/src/rules/areas.ts'
import { findConflicts } from '../../../cli/src/rules/conflicts.ts'
import { parseRules } from '../../../cli/src/rules/parse.ts'
import { annotations, firestoreConflicts, layout } from './conflicts.ts'

describe('Firestore rules without a conflict', () => {
  test.each<[string, string]>([
    ['other collections', 'match /posts/{id} { allow read, write; }'],
    [
      'a subcollection of another collection',
      'match /posts/{id} { match /images/{image} { allow read, write: if true; } }',
    ],
    ['denied', 'match /{document=**} { allow read, write: if false; }'],
    [
      'denied in a function',
      'function no() { return false; } match /{document=**} { allow read, write: if no(); }',
    ],
    [
      'denied by a condition',
      'match /{document=**} { allow read, write: if request.auth != null && false; }',
    ],
    ['denied for either reason', 'match /{document=**} { allow read: if (false || !true) && isX(); }'],
    ['the owner', 'match /images/{id} { allow read: if resource.data.owner == request.auth.uid; }'],
    [
      'the owner, by index',
      "match /images/{id} { allow get: if request.auth.uid == resource.data['owner']; }",
    ],
    [
      'the owner, or no document',
      'match /images/{id} { allow get: if request.auth != null && (resource == null || resource.data.owner == request.auth.uid); }',
    ],
    [
      'the owner, in functions of an outer block',
      `function me() { return request.auth.uid; }
       function owns(data, field) { let id = me(); return data[field] == id || false; }
       match /images/{id} { allow read: if owns(resource.data, 'owner'); }`.replace(
        'data[field]',
        'data.owner',
      ),
    ],
    ["the user's own quota", 'match /firesightQuotas/{user} { allow get: if request.auth.uid == user; }'],
    ['the kill switch, read only', 'match /firesightSettings/{id} { allow read; }'],
    [
      'collections of an app with common names',
      `match /settings/{id} { allow read, write; } match /reservations/{id} { allow read, write; }
       match /quotas/{uid} { allow read, write; }`,
    ],
    [
      'all collections but those of Firesight',
      `match /{collection}/{id} { allow read, write: if !(collection in ['images', 'firesight',
       'firesightQuotas', 'firesightSettings', 'firesightCircuits', 'firesightUpkeep', 'firesightBackfills',
       'firesightProjectUsage', 'firesightModelFiles', 'firesightErasures']); }`,
    ],
    [
      'a list of collections',
      "match /{document=**} { allow read, write: if document[0] in ['posts', 'comments'] && request.auth != null; }",
    ],
    [
      'a condition by collection',
      "match /{collection}/{rest=**} { allow write: if collection == 'posts' ? request.auth != null : false; }",
    ],
    [
      'collections of users at the top',
      'match /{uid}/{id} { allow read, write: if request.auth.uid == uid; }',
    ],
    ['another collection group', 'match /{path=**}/comments/{id} { allow read; }'],
    ['another service', '} } service firebase.storage { match /b/{b}/o { match /{x=**} { allow read; }'],
  ])('%s', (_what, rules) => {
    expect(firestoreConflicts(rules)).toEqual([])
  })
})

describe('Firestore rules with a conflict', () => {
  const state = (parent: string) =>
    [
      'firesightQuotas/{uid}',
      'firesightCircuits/{id}',
      'firesightUpkeep/{id}',
      'firesightBackfills/{id}',
      'firesightProjectUsage/{day}',
    ]
      .concat(
        'firesightProjectUsage/{day}/firesightShards/{id}',
        'firesightProjectUsage/{day}/firesightReservations/{id}',
        'firesightModelFiles/{id}',
        'firesightErasures/{uid}',
      )
      .map((name) => parent + name)
      .join(', ')
  const everything = `images/{imageId}, ${state('')}, ${state('firesight/{instanceId}/')}`
  test.each<[string, string, string[]]>([
    [
      'all documents for signed-in users',
      'match /{document=**} { allow read: if request.auth != null; }',
      [`read: ${everything}`],
    ],
    [
      'all documents until a date',
      'match /{a=**} { allow read: if request.time < timestamp.date(2026, 12, 24); }',
      [`read: ${everything}`],
    ],
    ['write without a condition', 'match /images/{id} { allow write; }', [`write: ${annotations}`]],
    [
      'a write by the owner',
      'match /images/{id} { allow update: if resource.data.owner == request.auth.uid; }',
      [`write: ${annotations}`],
    ],
    [
      'the kill switch',
      'match /firesightSettings/{id} { allow read, write: if isAdmin(); }',
      ['write: firesightSettings/{id}'],
    ],
    ['a collection group', 'match /{path=**}/images/{id} { allow list: if true; }', [`read: ${annotations}`]],
    [
      'a wildcard for the collection',
      'match /{any}/{id} { allow get: if any != "posts" && any != "firesightQuotas"; }',
      [
        'read: images/{imageId}, firesightCircuits/{id}, firesightUpkeep/{id}, firesightBackfills/{id}, firesightProjectUsage/{day}, firesightModelFiles/{id}, firesightErasures/{uid}',
      ],
    ],
    [
      'one of two reasons',
      'match /images/{id} { allow read: if resource.data.owner == request.auth.uid || isAdmin(); }',
      [`read: ${annotations}`],
    ],
    [
      'another field',
      'match /images/{id} { allow read: if resource.data.reader == request.auth.uid; }',
      [`read: ${annotations}`],
    ],
    [
      'not the owner',
      'match /images/{id} { allow read: if resource.data.owner != request.auth.uid; }',
      [`read: ${annotations}`],
    ],
    [
      'the id of the document',
      'match /images/{id} { allow read: if id == request.auth.uid; }',
      [`read: ${annotations}`],
    ],
    [
      'a parameter in place of a built-in name',
      'function f(request) { return request.auth.uid == resource.data.owner; } match /images/{id} { allow read: if f(1); }',
      [`read: ${annotations}`],
    ],
    [
      'the owner in only one branch',
      'match /images/{id} { allow read: if x() ? resource.data.owner == request.auth.uid : true; }',
      [`read: ${annotations}`],
    ],
    [
      'a function that calls itself',
      'function f() { return f() || f(); } match /images/{id} { allow read: if f(); }',
      [`read: ${annotations}`],
    ],
    [
      'a function of the inner block',
      'function ok() { return false; } match /images/{id} { function ok() { return true; } allow write: if ok(); }',
      [`write: ${annotations}`],
    ],
    [
      'state below a document',
      'match /firesightProjectUsage/{day}/firesightShards/{s} { allow read; }',
      ['read: firesightProjectUsage/{day}/firesightShards/{id}'],
    ],
    [
      'the state of an instance',
      'match /firesight/{i}/firesightCircuits/{c} { allow delete; }',
      ['write: firesight/{instanceId}/firesightCircuits/{id}'],
    ],
  ])('%s', (_what, rules, conflicts) => {
    expect(firestoreConflicts(rules)).toEqual(conflicts)
  })

  test('each of several collections', () => {
    expect(
      firestoreConflicts('match /{c}/{id} { allow read: if c == "photos"; }', ['images', 'photos']),
    ).toEqual(['read: photos/{imageId}'])
  })

  test('rules outside of the usual outermost block', () => {
    const text = `service cloud.firestore {\n  match /{all=**} {\n    allow write: if request.auth != null;\n  }\n}`
    expect(findConflicts(text, parseRules(text), 'cloud.firestore', firestoreAreas(layout))).toMatchObject([
      { line: 3, path: '/{all=**}', rule: 'allow write: if request.auth != null', effect: 'write' },
    ])
  })
})
