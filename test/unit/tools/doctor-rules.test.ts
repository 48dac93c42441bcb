/* The responses have the format of the reference pages that tools/doctor/rules.ts links, read 2026-11-27. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FIRESTORE } from '../../../cli/src/rules/block.ts'
import { mergeRules } from '../../../cli/src/rules/merge.ts'
import { checkRules } from '../../../tools/doctor/rules.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const text = (file: string) => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8')
const states = (findings: { state: string }[]) => findings.map(({ state }) => state)

describe('checkRules()', () => {
  const release = { release: 'cloud.firestore', file: 'firestore.rules' } as const
  const rulesetName = 'projects/photo-album/rulesets/0a1b'
  const deployed = (content: string) => {
    server.put('firebaserules/v1/projects/photo-album/releases/cloud.firestore', {
      name: 'projects/photo-album/releases/cloud.firestore',
      rulesetName,
    })
    server.put(`firebaserules/v1/${rulesetName}`, {
      name: rulesetName,
      source: { files: [{ name: 'firestore.rules', content }] },
    })
  }

  test('compares the text, but not line endings', async () => {
    deployed(`${text('firestore.rules').replaceAll('\n', '\r\n')}\r\n`)
    expect(states(await checkRules(server.google(), release))).toEqual(['ok'])
  })

  test('accepts the rules with the collection of the settings', async () => {
    deployed(text('firestore.rules').replace('match /images/', 'match /pictures/'))
    const pictures = { ...release, collection: 'pictures' }
    expect(states(await checkRules(server.google(), pictures))).toEqual(['ok'])
    expect(states(await checkRules(server.google(), release))).toEqual(['problem'])
  })

  test('compares with the rules for the upload path of the settings', async () => {
    const storage = {
      release: 'cloud.firestore',
      file: 'storage.rules',
      uploadPath: 'inbox/{uid}/{name}',
    } as const
    deployed(text('storage.rules'))
    expect(await checkRules(server.google(), storage)).toMatchObject([
      { state: 'problem', command: 'npm run deploy -- --project photo-album --only rules' },
    ])
    const rules = text('storage.rules')
      .replace('/users/{uid}/uploads/{fileName}', '/inbox/{uid}/{name}')
      .replace('isSaneName(fileName)', 'isSaneName(name)')
      .replace('/users/{uid}/uploads {', '/inbox/{uid} {')
    deployed(rules)
    expect(states(await checkRules(server.google(), storage))).toEqual(['ok'])
    expect(
      await checkRules(server.google(), { ...storage, uploadPath: 'inbox/{uid}/{path=**}' }),
    ).toMatchObject([{ state: 'problem', found: expect.stringContaining('path=**') }])
  })

  test('reports different rules, with the first different line', async () => {
    deployed(text('firestore.rules').replace('allow get: if isSignedIn()', 'allow get: if true'))
    const line =
      text('firestore.rules')
        .split('\n')
        .findIndex((found) => found.includes('allow get:')) + 1
    expect(await checkRules(server.google(), release)).toMatchObject([
      { state: 'problem', found: expect.stringContaining(`first in line ${line}`) },
    ])
  })

  test('accepts rules that firesight init merged, and never advises to replace them', async () => {
    const own =
      "rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n    match /albums/{id} { allow read: if true; }\n  }\n}\n"
    const layout = { uploadPaths: ['users/{uid}/uploads/{fileName}'], imagesCollections: ['images'] }
    const merged = mergeRules(own, text('firestore.rules'), FIRESTORE, layout) as { text: string }
    deployed(merged.text)
    expect(await checkRules(server.google(), release)).toMatchObject([
      { state: 'ok', found: expect.stringContaining('merged by firesight init') },
    ])
    deployed(merged.text.replace('allow get: if firesight_isSignedIn()', 'allow get: if true'))
    expect(await checkRules(server.google(), release)).toMatchObject([
      { state: 'problem', command: expect.stringMatching(/^npx firesight init/) },
    ])
  })

  test('reports a project without rules', async () => {
    expect(states(await checkRules(server.google(), release))).toEqual(['problem'])
  })
})
