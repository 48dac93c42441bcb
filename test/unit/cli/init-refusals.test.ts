import { describe, expect, it, test } from 'vitest'
import { DEFAULTS } from '../../../cli/src/init/settings.ts'
import { VARIABLES } from '../../../functions/src/config/params.ts'
import { initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const rules = (body: string) =>
  `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}\n`
const region = 'europe-west1'

describe('the region', () => {
  const signedIn = (location: string) => ({
    defaultBucket: async () => 'album-photos',
    locationOf: async () => location,
    activeRules: async () => undefined,
  })

  test.each([
    ['US', 'us-central1'],
    ['EU', 'europe-west1'],
    ['ASIA', 'asia-east1'],
    ['EUROPE-WEST3', 'europe-west3'],
  ])('is that of a bucket in %s', async (location, expected) => {
    const project = initProject(firebaserc)
    await project.init({}, signedIn(location))
    expect(project.files()['firesight/.env.photo-album']).toMatch(
      `FUNCTIONS_REGION=${expected}\nUPLOAD_BUCKET=album-photos\n`,
    )
  })

  test.each<[string, Parameters<ReturnType<typeof initProject>['init']>[1], RegExp]>([
    ['the caller is not signed in', {}, /application default credentials .*\nUse --region/],
    ['the Firebase CLI knows no region there', signedIn('EUR7'), /album-photos is in EUR7/],
    [
      'there is no bucket',
      { ...signedIn('US'), defaultBucket: async () => undefined },
      /has no bucket for Firebase/,
    ],
  ])('must be named with --yes if %s', async (_what, cloud, message) => {
    const project = initProject(firebaserc)
    await expect(project.init({}, cloud)).rejects.toThrow(message)
    expect(project.files()).toEqual(firebaserc)
  })

  it('is asked on a terminal', async () => {
    const project = initProject(firebaserc)
    const questions: string[] = []
    const ask = {
      input: async (question: string) => {
        questions.push(question)
        return 'asia-east1'
      },
      confirm: async () => true,
    }
    await project.init({ yes: false }, {}, ask)
    expect(questions).toEqual([expect.stringContaining('Region of the functions')])
    expect(project.files()['firesight/.env.photo-album']).toContain('FUNCTIONS_REGION=asia-east1')
  })
})

describe('init refuses', () => {
  test.each<[string, Record<string, string>, object, RegExp]>([
    [
      'rules that let signed-in users read all documents',
      { 'firestore.rules': rules('match /{document=**} {\n allow read: if request.auth != null;\n}') },
      {},
      /^firestore\.rules:5: match \/databases\/\{database\}\/documents\/\{document=\*\*\} \{ allow read: if request\.auth != null \}\n {2}lets clients read .* images\/\{imageId\}, .* and \d+ more\.\n.*OR.*\n.*name your own collections/,
    ],
    [
      'an own collection "images"',
      { 'firestore.rules': rules('match /images/{id} { allow write: if true; }') },
      {},
      /lets clients write images\/\{imageId\}\.[^]*--images-collection/,
    ],
    [
      'a collection with state of the functions that clients can write',
      { 'firestore.rules': rules('match /firesightSettings/{id} { allow write: if x(); }') },
      {},
      /lets clients write firesightSettings\/\{id\}\.[^]*the functions keep their own state there/,
    ],
    [
      'both files at once',
      {
        'firestore.rules': rules('match /{d=**} { allow write; }'),
        'storage.rules':
          "rules_version='2'; service firebase.storage { match /b/{b}/o { match /{f=**} { allow read; } } }",
      },
      {},
      /firestore\.rules:4:[^]*storage\.rules:1:/,
    ],
    ['rules of version 1', { 'firestore.rules': rules('').replace(/.*\n/, '') }, {}, /rules_version = '2'/],
    [
      'rules that it cannot read',
      { 'firestore.rules': rules('allow {') },
      {},
      /firestore\.rules:4: expected a method/,
    ],
    [
      'an invalid firebase.json',
      { 'firebase.json': '{ "functions": ' },
      {},
      /firebase\.json:1: not a valid JSON object/,
    ],
    ['a wrong firebase.json', { 'firebase.json': '{ "functions": 3 }' }, {}, /Cannot use firebase\.json/],
    [
      'a folder firesight of something else',
      { 'firesight/package.json': '{}' },
      {},
      /firesight\/package\.json exists, but firebase\.json has no codebase/,
    ],
    [
      'a folder firesight with an own index.js',
      { 'firesight/index.js': 'export const own = 1\n' },
      {},
      /firesight\/index\.js exists/,
    ],
    [
      'a folder firesight with an own .gitignore',
      { 'firesight/.gitignore': 'own\n' },
      {},
      /firesight\/\.gitignore exists/,
    ],
    ['a bucket with gs://', {}, { bucket: 'gs://album' }, /"gs:\/\/album" is not the name of a bucket/],
    ['a bucket with a line break', {}, { bucket: 'album\nHEIC=decode' }, /is not the name of a bucket/],
    ['a wrong .firebaserc', { '.firebaserc': '{ "targets": 3 }' }, {}, /Cannot use \.firebaserc/],
    ['no project', { '.firebaserc': '{}' }, {}, /--project/],
    ['an id that is none', {}, { project: 'Photo Album' }, /not a Firebase project id/],
    ['a region that is none', {}, { region: 'EU' }, /"EU" is not a region/],
    ['a collection name that is none', {}, { imagesCollection: 'a/b' }, /not a name for a collection/],
    [
      'a region other than in the .env file',
      {
        'firebase.json': '{ "functions": { "source": "fs", "codebase": "firesight" } }',
        'fs/.env': 'FUNCTIONS_REGION=us-central1\n',
      },
      {},
      /fs\/ sets FUNCTIONS_REGION=us-central1, but the option says europe-west1/,
    ],
  ])('%s, and --yes does not change that', async (_what, files, options, message) => {
    const project = initProject({ ...firebaserc, ...files })
    await expect(project.init({ region, ...options })).rejects.toThrow(message)
    expect(project.files()).toEqual({ ...firebaserc, ...files })
  })

  it('to ask without a terminal', async () => {
    await expect(initProject(firebaserc).init({ region, yes: false })).rejects.toThrow(
      /Use --yes .* or --dry-run/,
    )
  })

  it('a folder inside a project', async () => {
    const project = initProject({ 'firebase.json': '{}' })
    const inner = initProject({})
    project.write('web/index.html', '')
    const { runInit } = await import('../../../cli/src/init/command.ts')
    const options = { rules: true, yes: true, dryRun: false, undo: false }
    await expect(
      runInit(`${project.folder}/web`, options, { ask: undefined, print: () => undefined }),
    ).rejects.toThrow(`but ${project.folder} has`)
    expect(inner.files()).toEqual({})
  })
})

test('--no-rules merges all but the rules', async () => {
  const own = rules('match /{document=**} { allow read, write; }')
  const project = initProject({ ...firebaserc, 'firestore.rules': own })
  expect(await project.init({ region, rules: false })).toContain('--no-rules')
  expect(project.files()).toMatchObject({
    'firestore.rules': own,
    'firestore.indexes.json': expect.any(String),
  })
})

test('--images-collection is used in the settings, rules and indexes', async () => {
  const project = initProject({
    ...firebaserc,
    'firestore.rules': rules('match /images/{id} { allow read, write; }'),
  })
  await project.init({ region, imagesCollection: 'photos' })
  const files = project.files()
  expect(files['firesight/.env.photo-album']).toContain('IMAGES_COLLECTION=photos\n')
  expect(files['firestore.rules']).toContain('match /photos/{imageId} {')
  expect(files['firestore.indexes.json']).not.toContain('"images"')
})

test('declining writes nothing', async () => {
  const project = initProject(firebaserc)
  const ask = { input: async () => region, confirm: async () => false }
  expect(await project.init({ yes: false }, {}, ask)).toContain('No file was changed')
  expect(project.files()).toEqual(firebaserc)
})

test('the defaults are those of the parameters', () => {
  expect(DEFAULTS).toEqual(
    Object.fromEntries(
      Object.keys(DEFAULTS).map((name) => [
        name,
        String(VARIABLES.find((variable) => variable.name === name)?.default),
      ]),
    ),
  )
})
