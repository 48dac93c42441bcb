import { describe, expect, test } from 'vitest'
import { firestoreAreas } from '../../../cli/src/rules/areas.ts'
import { findConflicts } from '../../../cli/src/rules/conflicts.ts'
import { parseRules } from '../../../cli/src/rules/parse.ts'
import { annotations, firestoreConflicts, layout } from './conflicts.ts'

const images = (condition: string) =>
  firestoreConflicts(`match /images/{id} { allow read: if ${condition}; }`)

describe('only for the owner', () => {
  test.each([
    '!(request.auth.uid != resource.data.owner)',
    '!(resource != null && resource.data.owner != request.auth.uid)',
    '!!(request.auth.uid == resource.data.owner)',
    'request.auth.uid in [resource.data.owner]',
    "resource.data.get('owner', '') == request.auth.uid",
    "request.auth.uid == resource.data.get('owner', null) || false",
    '!(x() || request.auth.uid != resource.data.owner)',
    'request.auth.uid != resource.data.owner ? false : x()',
  ])('%s', (condition) => {
    expect(images(condition)).toEqual([])
  })
})

describe('not only for the owner', () => {
  test.each([
    '!(request.auth.uid == resource.data.owner)',
    '!(request.auth.uid != resource.data.owner && x())',
    'request.auth.uid in [resource.data.owner, x()]',
    'request.auth.uid in resource.data.owner',
    '!(request.auth.uid in [resource.data.owner])',
    "resource.data.get('reader', '') == request.auth.uid",
    "resource.data.get('owner', request.auth.uid) == request.auth.uid",
    'request.auth.uid == resource.data.owner ? false : x()',
    '!(resource == null)',
    // Bytes and large integers: equal in JavaScript, or not known to be.
    "b'a' != 'a'",
    "b'a' == 'a'",
    '9007199254740993 != 9007199254740992',
    '1.0 != 1',
  ])('%s', (condition) => {
    expect(images(condition)).toEqual([`read: ${annotations}`])
  })
})

test('a call with too many arguments is not analysed', () => {
  expect(
    firestoreConflicts('function no() { return false; } match /images/{id} { allow read: if no(1); }'),
  ).toEqual([`read: ${annotations}`])
})

test.each(['im%61ges', 'im%2561ges', '%69mages'])('a path with percent signs is decoded: %s', (segment) => {
  expect(firestoreConflicts(`match /${segment}/{id} { allow read: if true; }`)).toEqual([
    `read: ${annotations}`,
  ])
})

test('another collection may have percent signs', () => {
  expect(firestoreConflicts('match /caf%C3%A9/{id} { allow read: if true; }')).toEqual([])
})

test.each(['a%2Fimages', 'im%6', 'im/**/ages', '$(x)', "im'ages"])('a path is refused: %s', (segment) => {
  expect(() => firestoreConflicts(`match /${segment}/{id} { allow read: if true; }`)).toThrow(
    /a segment|a path|found/,
  )
})

describe('functions outside of the service', () => {
  const conflicts = (text: string) =>
    findConflicts(text, parseRules(text), 'cloud.firestore', firestoreAreas(layout)).map(
      ({ effect }) => effect,
    )
  const service = (condition: string, own = '') =>
    `service cloud.firestore { ${own} match /databases/{d}/documents { match /images/{id} { allow read: if ${condition}; } } }`

  test('are called by all services', () => {
    const owns = 'function owns() { return request.auth.uid == resource.data.owner; }'
    expect(conflicts(`rules_version = '2'; ${owns} ${service('owns()')}`)).toEqual([])
    expect(conflicts(`${service('owns()')} ${owns}`)).toEqual([])
    expect(conflicts(`${service('yes()')} function yes() { return true; }`)).toEqual(['read'])
  })

  test('are hidden by functions of the service', () => {
    const no = 'function f() { return false; }'
    expect(conflicts(`${no} ${service('f()', 'function f() { return true; }')}`)).toEqual(['read'])
  })

  test('have different names', () => {
    const no = 'function f() { return false; }'
    expect(() => parseRules(`${no}\n${no}`)).toThrow(/another name, because the function f\(\) exists/)
  })
})
