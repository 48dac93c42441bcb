import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { FIRESTORE, STORAGE } from '../../../cli/src/rules/block.ts'
import { mergeRules } from '../../../cli/src/rules/merge.ts'

const root = join(import.meta.dirname, '../../..')
const ours = {
  storage: readFileSync(join(root, 'storage.rules'), 'utf8'),
  firestore: readFileSync(join(root, 'firestore.rules'), 'utf8'),
}
const layout = { uploadPaths: ['users/{uid}/uploads/{fileName}'], imagesCollections: ['images'] }

function textOf(merged: ReturnType<typeof mergeRules>): string {
  if ('obstacle' in merged) throw new Error(JSON.stringify(merged.obstacle))
  return merged.text
}

const mergeFirestore = (existing: string | undefined, own = layout) =>
  mergeRules(existing, ours.firestore, FIRESTORE, own)

const posts = `rules_version = '2';
service cloud.firestore {
  match /databases/{db}/documents {
    function isOwner() { return true; } // Not that of Firesight.

    match /posts/{id} {
      allow read: if isOwner();
    }
  }
}
`

describe('mergeRules()', () => {
  it('adds the rules to the outermost block, with prefixed functions, and keeps all other lines', () => {
    const text = textOf(mergeFirestore(posts))
    const lines = text.split('\n')
    expect(posts.split('\n').filter((line) => !lines.includes(line))).toEqual([])
    expect(text).toContain(`      allow read: if isOwner();\n    }\n\n    // firesight:begin `)
    expect(text).toContain('    function firesight_isOwner() {')
    expect(text.replace(/ {4}function isOwner.*/, '')).not.toMatch(/(?<!firesight_)isSignedIn\(/)
    expect(text.endsWith('    // firesight:end\n  }\n}\n')).toBe(true)
  })

  test.each<[string, string | undefined]>([
    ['no file', undefined],
    ['an empty file', '\n'],
    ['own rules', posts],
    ['own rules with CRLF', posts.replaceAll('\n', '\r\n')],
    [
      'rules on one line',
      "rules_version='2'; service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read; } } }",
    ],
    [
      'another outermost block',
      "rules_version='2'; service cloud.firestore { match /databases/main/documents { } }",
    ],
    ['another service', "rules_version='2'; service firebase.storage { match /b/{b}/o { } }"],
    ['a copy of the rules file', ours.firestore],
  ])('gives the same text when it is called again: %s', (_what, existing) => {
    const once = textOf(mergeFirestore(existing))
    expect(once).toContain('match /images/{imageId} {')
    expect(once.replaceAll('\r\n', '').includes('\n')).toBe(!existing?.includes('\r\n'))
    expect(mergeFirestore(once)).toEqual({ text: once })
  })

  it('replaces its block when the package or the settings change', () => {
    const once = textOf(mergeFirestore(posts))
    const photos = textOf(mergeFirestore(once, { ...layout, imagesCollections: ['photos', 'scans'] }))
    expect(photos).not.toContain('match /images/')
    expect(photos).toContain('match /photos/{imageId} {')
    expect(photos).toContain('match /scans/{imageId} {')
    expect(mergeFirestore(photos)).toEqual({ text: once })
  })

  it('writes the upload path of the settings', () => {
    const uploadPaths = ['users/{uid}/uploads/{fileName}', 'apps/{uid}/in/{photo}']
    const text = textOf(mergeRules(undefined, ours.storage, STORAGE, { ...layout, uploadPaths }))
    expect(text).toContain('match /apps/{uid}/in/{photo} {')
    expect(text).toContain('firesight_isSaneName(photo)')
    expect(text).toContain('match /apps/{uid}/in {')
    expect(text).toContain('match /users/{uid}/uploads {')
  })

  test.each<[string, string, object]>([
    ['a conflict', posts.replace('/posts/', '/images/'), { kind: 'conflicts' }],
    ['rules of version 1', posts.replace("rules_version = '2';", ''), { kind: 'version' }],
    ['a syntax error', posts.replace('if isOwner()', 'if isOwner('), { kind: 'unreadable', line: 7 }],
    ['an unknown statement', posts.replace('allow read', 'permit read'), { kind: 'unreadable', line: 7 }],
    ['an edited block', textOf(mergeFirestore(posts)).replace('<= 100', '<= 1000'), { kind: 'edited' }],
    [
      'a block without an end',
      textOf(mergeFirestore(posts)).replace('// firesight:end', ''),
      { kind: 'edited' },
    ],
  ])('refuses %s', (_what, existing, obstacle) => {
    expect(mergeFirestore(existing)).toMatchObject({ obstacle })
  })

  it.each(['photos/{fileName}', 'users/{uid}/photo.jpg', 'photos/{uid}', 'users/{uid}/{path=**}'])(
    'refuses the upload path %s',
    (path) => {
      const merged = mergeRules(undefined, ours.storage, STORAGE, { ...layout, uploadPaths: [path] })
      expect(merged).toMatchObject({ obstacle: { kind: 'layout' } })
    },
  )
})
