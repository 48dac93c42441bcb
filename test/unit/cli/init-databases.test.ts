import { describe, expect, it, test } from 'vitest'
import { initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const rules = (body: string) =>
  `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}\n`
const region = 'europe-west1'

describe('rules without a file', () => {
  it('start with the active rules of the project', async () => {
    const project = initProject(firebaserc)
    const active = rules('match /posts/{id} { allow read; }')
    const activeRules = async (release: string) => (release === 'cloud.firestore' ? active : undefined)
    const output = await project.init({ region }, { defaultBucket: async () => 'album-photos', activeRules })
    expect(project.files()['firestore.rules']).toContain('match /posts/{id} { allow read; }')
    expect(output).toContain('It starts with the rules that are active in photo-album')
  })

  it('are refused if the active rules conflict', async () => {
    const project = initProject(firebaserc)
    const activeRules = async () => rules('match /{document=**} { allow read, write; }')
    await expect(project.init({ region }, { activeRules })).rejects.toThrow(/the active rules of photo-album/)
  })

  it('warn if the active rules are unknown', async () => {
    expect(await initProject(firebaserc).init({ region })).toContain('A deployment replaces them')
  })
})

describe('the rules of a database', () => {
  const own = { source: 'fs', codebase: 'firesight' }
  const filesWith = (database: string, config: object, targets = {}) => ({
    '.firebaserc': JSON.stringify({ projects: { default: 'photo-album' }, targets }),
    'firebase.json': JSON.stringify({ functions: own, ...config }),
    'fs/.env': `FIRESTORE_DATABASE=${database}\n`,
  })

  test.each<[string, string, object]>([
    ['the only entry, of another database', '', { firestore: [{ database: 'other', rules: 'other.rules' }] }],
    ['one entry, of another database', '', { firestore: { database: 'other', rules: 'other.rules' } }],
    ['one entry, of the default database', 'photos', { firestore: { rules: 'firestore.rules' } }],
    ['several entries', 'photos', { firestore: [{ database: 'a' }, { database: 'b' }] }],
    ['a target that is not in .firebaserc', 'photos', { firestore: [{ target: 'photos' }] }],
  ])('are not merged into %s', async (_what, database, config) => {
    const files = filesWith(database, config)
    const project = initProject(files)
    await expect(project.init({ region })).rejects.toThrow(
      `no entry in "firestore" for the database ${database || '(default)'}`,
    )
    expect(project.files()).toEqual(files)
  })

  it('get an entry with its name', async () => {
    const project = initProject(filesWith('photos', {}))
    await project.init({ region })
    expect(JSON.parse(project.files()['firebase.json']!)).toMatchObject({
      firestore: { database: 'photos', rules: 'firestore.rules', indexes: 'firestore.indexes.json' },
    })
  })

  it('are merged into the file of a target', async () => {
    const targets = { 'photo-album': { firestore: { main: ['photos'] } } }
    const entries = [{ database: 'other' }, { target: 'main', rules: 'main.rules' }]
    const project = initProject(filesWith('photos', { firestore: entries }, targets))
    await project.init({ region })
    expect(project.files()['main.rules']).toContain('match /images/{imageId} {')
  })

  it('start with the active rules of that database', async () => {
    const project = initProject(filesWith('photos', {}))
    const activeRules = async (release: string) =>
      release.startsWith('cloud.firestore/')
        ? rules(`match /${release.slice(16)}/{id} { allow read; }`)
        : undefined
    await expect(project.init({ region }, { activeRules })).resolves.toContain('It starts with')
    expect(project.files()['firestore.rules']).toContain('match /photos/{id}')
  })
})

test('instances of a kit with different databases need --no-rules, which also leaves the indexes alone', async () => {
  const kit = { kit: 'firesight', source: 'kit', instances: { a: 'kit-a', b: 'kit-b' } }
  const files = {
    ...firebaserc,
    'firebase.json': JSON.stringify({ functions: [kit] }),
    'kit-a/.env': 'UPLOAD_BUCKET=a\nFUNCTION_DEFAULT_REGION=us-central1\n',
    'kit-b/.env': 'UPLOAD_BUCKET=b\nFUNCTION_DEFAULT_REGION=us-central1\nFIRESTORE_DATABASE=photos\n',
  }
  await expect(initProject(files).init({})).rejects.toThrow(/several databases \(\(default\), photos\)/)
  const project = initProject(files)
  expect(await project.init({ rules: false })).toContain(
    'indexes of each database yourself: (default), photos',
  )
  expect(project.files()).not.toHaveProperty('firestore.indexes.json')
})
