/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FIRESTORE } from '../../../cli/src/rules/block.ts'
import { mergeRules } from '../../../cli/src/rules/merge.ts'
import { checkReplacedRules, type ReplaceOptions, type RulesTarget } from '../../../tools/deploy/rules.ts'
import { readHistory } from '../../../tools/deploy/rules-history.ts'
import { DEFAULT_LAYOUT } from '../../../tools/doctor/project-files.ts'
import { ourRules, putRules } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const firestore = { release: 'cloud.firestore', file: 'firestore.rules', layout: DEFAULT_LAYOUT } as const
const storage = { release: 'firebase.storage/photos', file: 'storage.rules', layout: DEFAULT_LAYOUT } as const
const none = { versions: [], isShallow: false }
const check = (options: Partial<ReplaceOptions> = {}, target: RulesTarget = firestore) =>
  checkReplacedRules(server.google(), target, { replace: false, history: none, ...options })
const stateOf = async (...args: Parameters<typeof check>) => (await check(...args)).findings[0]?.state

const service = (matches: string) =>
  `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${matches}\n  }\n}\n`
const rules = (allow: string) =>
  service(`match /{document=**} {\n      // A comment: allow write: if true;\n      ${allow}\n    }`)
const closed = 'match /{document=**} { allow read, write: if false }'

describe('rules that the deployment would replace', () => {
  const history = { versions: ['rules_version = "2"; // version 1'], isShallow: false }

  test.each([
    ['our rules', ourRules('firestore.rules').replaceAll('\n', '\r\n'), 'ok'],
    ['an earlier version of ours', 'rules_version = "2"; // version 1', 'change'],
    ['the locked rules of a new project', rules('allow read, write: if false;'), 'change'],
    ['locked rules without a semicolon', rules('allow read, write: if false'), 'change'],
    [
      'the test rules of a new project',
      rules('allow read, write: if request.time < timestamp.date(2026, 12, 30);'),
      'change',
    ],
    ['rules of the project', rules('allow read, write: if request.auth != null;'), 'problem'],
    ['rules without a condition', rules('allow read, write;'), 'problem'],
    [
      'locked rules and rules of the project without a semicolon',
      service(
        `${closed.replace('false', 'false;')}\nmatch /posts/{id} { allow read, write: if request.auth != null }`,
      ),
      'problem',
    ],
    [
      'rules in an inner block',
      service(closed.replace('}', ' match /a/{b} { allow read: if true } }')),
      'problem',
    ],
    ['functions of the project', service(`function isAdmin() { return true }\n${closed}`), 'problem'],
    ['another condition on the time', rules('allow read: if request.time < resource.data.until;'), 'problem'],
    ['a syntax that is not known', rules('permit read, write: if false;'), 'problem'],
  ])('%s', async (_, content, state) => {
    putRules(server, 'cloud.firestore', content)
    expect(await stateOf({ history })).toBe(state)
  })

  test('a project without rules gets ours; --replace-rules replaces those of the project', async () => {
    expect(await stateOf()).toBe('change')
    putRules(server, 'cloud.firestore', rules('allow read: if request.auth != null;'))
    expect(await stateOf({ replace: true })).toBe('change')
  })

  test('rules that firesight init merged are never replaced', async () => {
    const layout = { uploadPaths: [DEFAULT_LAYOUT.uploadPath], imagesCollections: ['images'] }
    const posts = service('match /posts/{id} { allow read: if true; }')
    const merged = mergeRules(posts, ourRules('firestore.rules'), FIRESTORE, layout)
    putRules(server, 'cloud.firestore', 'text' in merged ? merged.text : '')
    for (const replace of [false, true]) {
      expect((await check({ replace, history })).findings).toMatchObject([
        { state: 'problem', command: expect.stringContaining('npx firesight init --project photo-album') },
      ])
    }
  })
})

describe('the committed versions of our rules', () => {
  test('are recognized', async () => {
    putRules(server, 'cloud.firestore', ourRules('firestore.rules').replace('list', 'get'))
    expect(await stateOf({ history: readHistory('firestore.rules') })).toBe('problem')
  })

  test('are unknown in a shallow clone, which the finding says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'))
    const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' })
    git(folder, 'init', '--initial-branch=main', 'origin')
    const origin = join(folder, 'origin')
    for (const text of ['one', 'two']) {
      writeFileSync(join(origin, 'firestore.rules'), text)
      git(origin, 'add', '.')
      git(origin, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-m', text)
    }
    git(folder, 'clone', '--depth=1', `file://${origin}`, 'clone')
    expect(readHistory('firestore.rules', origin)).toEqual({ versions: ['two', 'one'], isShallow: false })
    const history = readHistory('firestore.rules', join(folder, 'clone'))
    rmSync(folder, { recursive: true })
    expect(history).toEqual({ versions: ['two'], isShallow: true })
    putRules(server, 'cloud.firestore', 'one')
    expect((await check({ history })).findings).toMatchObject([
      {
        state: 'problem',
        found: expect.stringContaining('shallow clone'),
        command: expect.stringContaining('fetch-depth: 0'),
      },
    ])
  })
})

describe('rules for other settings', () => {
  const photos = { ...firestore, layout: { ...DEFAULT_LAYOUT, collection: 'photos' } }
  const inbox = { ...storage, layout: { ...DEFAULT_LAYOUT, uploadPath: 'inbox/{uid}/{album}/{name}' } }

  test('the collection of the settings replaces ours, also in earlier versions', async () => {
    const { value } = await check({}, photos)
    expect(value).toBe(ourRules('firestore.rules').replace('match /images/', 'match /photos/'))
    const version = ourRules('firestore.rules').replace('list', 'get')
    putRules(server, 'cloud.firestore', version.replace('match /images/', 'match /photos/'))
    expect(await stateOf({ history: { versions: [version], isShallow: false } }, photos)).toBe('change')
  })

  test('the upload path of the settings replaces ours', async () => {
    const { value } = await check({}, inbox)
    expect(value).toContain('match /inbox/{uid}/{album}/{name} {')
    expect(value).toContain('match /inbox/{uid}/{album} {')
    expect(value).toContain('isSaneName(name)')
    expect(value).not.toContain('/uploads')
  })

  test('rules that were edited for the settings stay as they are', async () => {
    const current = `service firebase.storage { match /b/{bucket}/o { match /in/{user} { match /{path=**} { allow get; } } } }`
    const target = { ...storage, layout: { ...DEFAULT_LAYOUT, uploadPath: 'in/{uid}/{path=**}' } }
    expect(await check({ current }, target)).toMatchObject({
      value: current,
      findings: [{ state: 'change' }],
    })
  })

  test.each([
    ['a path for whole folders', 'in/{uid}/{path=**}', ourRules('storage.rules')],
    [
      'edited rules without a match for the path',
      'in/{uid}/{name}',
      'service firebase.storage { match /b/{bucket}/o { } }',
    ],
    [
      'edited rules with our blocks in another form',
      'in/{uid}/{name}',
      'service firebase.storage { match /b/{bucket}/o { match /users/{u}/uploads { match /{fileName} { } } match /x/uploads/{fileName} { } } }',
    ],
    ['unreadable rules', 'in/{uid}/{name}', 'service firebase.storage {'],
  ])('%s stop the deployment', async (_, uploadPath, current) => {
    const target = { ...storage, layout: { ...DEFAULT_LAYOUT, uploadPath } }
    expect(await check({ current, replace: true }, target)).toMatchObject({
      value: undefined,
      findings: [{ state: 'problem', found: expect.stringContaining(`UPLOAD_PATH=${uploadPath}`) }],
    })
  })
})
