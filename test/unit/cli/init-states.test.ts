import { createRequire } from 'node:module'
import { parseEnv } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { type Files, initProject } from './init-project.ts'

const { normalizeAndValidate } = createRequire(import.meta.url)(
  'firebase-tools/lib/functions/projectConfig.js',
) as {
  normalizeAndValidate: (functions: unknown) => Record<string, unknown>[]
}

const firebaserc = '{ "projects": { "default": "photo-album" } }\n'
const ownRules = `rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    function isOwner(uid) { return request.auth.uid == uid; }
    match /posts/{id} { allow read; allow write: if isOwner(resource.data.author); }
  }
}
`
const ownStorageRules = `rules_version = '2';
service firebase.storage {
  match /b/{bucket}/o {
    match /avatars/{uid} { allow read; allow write: if request.auth.uid == uid; }
  }
}
`
const ownIndexes = `{
    // The feed.
    "indexes": [
        { "collectionGroup": "posts", "queryScope": "COLLECTION", "fields": [ { "fieldPath": "author", "order": "ASCENDING" }, { "fieldPath": "date", "order": "DESCENDING" } ] },
        { "collectionGroup": "images", "queryScope": "COLLECTION", "fields": [ { "fieldPath": "owner", "order": "ASCENDING" }, { "fieldPath": "createdAt", "order": "DESCENDING" }, { "fieldPath": "__name__", "order": "DESCENDING" } ] }
    ],
    "fieldOverrides": [
        { "collectionGroup": "images", "fieldPath": "expireAt", "indexes": [ { "order": "ASCENDING", "queryScope": "COLLECTION" } ] },
        { "collectionGroup": "images", "fieldPath": "text", "indexes": [ { "order": "ASCENDING", "queryScope": "COLLECTION" } ] }
    ]
}
`

const states: Record<string, Files> = {
  'empty project': {},
  'own rules': {
    '.firebaserc': firebaserc,
    'firebase.json':
      '{\n  "storage": { "rules": "rules/storage.rules" },\n  "firestore": { "rules": "rules/firestore.rules" },\n  "hosting": { "public": "public" }\n}\n',
    'rules/firestore.rules': ownRules,
    'rules/storage.rules': ownStorageRules,
  },
  'own indexes': {
    '.firebaserc': firebaserc,
    'firebase.json':
      '{\n\t"firestore": {\n\t\t"rules": "firestore.rules",\n\t\t"indexes": "firestore.indexes.json"\n\t}\n}\n',
    'firestore.rules': ownRules,
    'firestore.indexes.json': ownIndexes,
  },
  'JavaScript functions': {
    '.firebaserc': firebaserc,
    'firebase.json':
      '{\n  // Deployed by CI.\n  "functions": {\n    "source": "functions",\n    "predeploy": ["npm --prefix \\"$RESOURCE_DIR\\" run lint"]\n  }\n}\n',
    'functions/index.js': 'exports.hello = 1\n',
    'functions/package.json': '{ "main": "index.js" }\n',
    'package.json': '{\n  "name": "app",\n  "scripts": { "test": "true" }\n}\n',
  },
  'several codebases': {
    '.firebaserc': '{ "projects": { "default": "photo-album", "prod": "album-prod" } }\n',
    'firebase.json':
      '{\n  "functions": [\n    { "source": "api", "codebase": "api" },\n    { "source": "jobs", "codebase": "jobs" }\n  ],\n  "emulators": { "functions": { "port": 6001 }, "ui": { "enabled": true } }\n}\n',
    '.gitignore': 'node_modules',
  },
  kit: {
    '.firebaserc': firebaserc,
    'firebase.json': `{
  "functions": [
    {
      "kit": "firesight",
      "sourcePackage": { "name": "firesight" },
      "source": "function-kits/firesight/source",
      "instances": { "a": "function-kits/firesight/config-a", "b": "function-kits/firesight/config-b" },
      "predeploy": ["npm --prefix \\"$RESOURCE_DIR\\" run build"]
    }
  ]
}
`,
    'function-kits/firesight/config-a/.env.photo-album':
      'FUNCTION_DEFAULT_REGION=europe-west1\nUPLOAD_BUCKET=album-a',
    'function-kits/firesight/config-b/.env.photo-album':
      'FUNCTION_DEFAULT_REGION=europe-west1\nUPLOAD_BUCKET=album-b\nIMAGES_COLLECTION=scans\nUPLOAD_PATH=scans/{uid}/{fileName}\n',
    'function-kits/firesight/source/package.json': '{}\n',
  },
}

const options = { project: undefined as string | undefined, region: 'europe-west1' }
const optionsOf = (state: string) => ({
  ...options,
  ...(state === 'empty project' && { project: 'photo-album' }),
  ...(state === 'own indexes' && { acceptSharedCollection: true }),
})

describe.each(Object.entries(states))('%s', (state, files) => {
  it('is set up once, keeps what it had, and can be undone', async () => {
    const project = initProject(files)
    await project.init(optionsOf(state))
    const done = project.files()
    expect(normalizeAndValidate(json(done, 'firebase.json').functions)).toContainEqual(
      expect.objectContaining(
        state === 'kit' ? { kit: 'firesight' } : { source: 'firesight', codebase: 'firesight' },
      ),
    )
    for (const [path, text] of Object.entries(files)) {
      // Every line is still there; the indentation can change, and a line can get a comma or another field.
      const lines = done[path]!.split('\n').map((line) => line.trim())
      for (const line of text.split('\n'))
        expect(lines.join('\n')).toContain(line.trim().replace(/ ?\}?,?$/, ''))
    }

    expect(await project.init(optionsOf(state))).toMatch(/Nothing to change/)
    expect(project.files()).toEqual(done)

    await project.init({ undo: true })
    expect(project.files()).toEqual(files)
  })

  it('is not changed by --dry-run, which shows each change', async () => {
    const project = initProject(files)
    const output = await project.init({ ...optionsOf(state), dryRun: true })
    expect(output).toContain('match /images/{imageId} {')
    expect(output).toMatch(
      /\nNote: firestore\.indexes\.json: the new TTL [^]*exempt from single-field indexes: (?:.*, )?images,[^]*\nDry run: no file was changed/,
    )
    expect(project.files()).toEqual(files)
  })
})

/** The files after `init` in a state. */
async function after(state: string, settings = {}): Promise<Files> {
  const project = initProject(states[state]!)
  await project.init({ ...optionsOf(state), ...settings })
  return project.files()
}

test('an empty project gets a codebase, rules, indexes, settings and a script', async () => {
  const files = await after('empty project')
  expect(Object.keys(files).toSorted()).toEqual([
    '.firesight/init.json',
    'firebase.json',
    'firesight/.env.photo-album',
    'firesight/.gitignore',
    'firesight/.secret.local',
    'firesight/index.js',
    'firesight/package.json',
    'firestore.indexes.json',
    'firestore.rules',
    'package.json',
    'storage.rules',
  ])
  expect(json(files, 'firebase.json')).toMatchObject({
    functions: [{ source: 'firesight', codebase: 'firesight' }],
    firestore: { rules: 'firestore.rules', indexes: 'firestore.indexes.json' },
    storage: { rules: 'storage.rules' },
    emulators: { functions: { port: 5001 }, tasks: { port: 9499 } },
  })
  expect(parseEnv(files['firesight/.env.photo-album']!)).toEqual({
    FUNCTIONS_REGION: 'europe-west1',
    UPLOAD_PATH: 'users/{uid}/uploads/{fileName}',
    GEMINI_PROVIDER: 'gemini-api',
    PROJECT_TOKENS_PER_DAY: '20000000',
    OUTPUT_BUCKET: '',
  })
  expect(json(files, 'package.json').scripts).toEqual({
    'firesight:emulators': 'gemini-emulator -- firebase emulators:start',
  })
  expect(json(files, 'firesight/package.json').dependencies).toEqual({
    'firebase-admin': expect.stringMatching(/^\^14\./),
    'firebase-functions': expect.stringMatching(/^\^7\./),
    sharp: expect.stringMatching(/^\^0\./),
    firesight: expect.stringMatching(/^\^\d/),
  })
})

test('own rules are kept in their files, and the prefix avoids their functions', async () => {
  const files = await after('own rules')
  expect(files['firestore.rules']).toBeUndefined()
  expect(files['firebase.json']).toContain(
    '"firestore": { "rules": "rules/firestore.rules", "indexes": "firestore.indexes.json" },\n',
  )
  expect(files['rules/firestore.rules']).toContain('function isOwner(uid)')
  expect(files['rules/firestore.rules']).toContain('function firesight_isOwner()')
  expect(files['rules/storage.rules']).toContain('match /users/{uid}/uploads/{fileName} {')
})

test('own indexes are recognised, and own settings of a field are kept', async () => {
  const project = initProject(states['own indexes']!)
  const output = await project.init(optionsOf('own indexes'))
  const text = project.files()['firestore.indexes.json']!
  expect(text).toContain('// The feed.')
  const { indexes = [], fieldOverrides } = json(project.files(), 'firestore.indexes.json')
  const images = indexes.filter(({ collectionGroup }) => collectionGroup === 'images')
  expect([indexes.length, images.length]).toEqual([7, 5])
  expect(fieldOverrides).toContainEqual({
    collectionGroup: 'images',
    fieldPath: 'expireAt',
    indexes: [{ order: 'ASCENDING', queryScope: 'COLLECTION' }],
  })
  expect(output).toContain('your own settings of the field images.text were kept')
})

test('JavaScript functions stay the default codebase, with comments and formatting', async () => {
  const files = await after('JavaScript functions')
  expect(files['firebase.json']).toContain(
    '  // Deployed by CI.\n  "functions": [\n    {\n      "source": "functions",\n      "predeploy": ["npm --prefix',
  )
  expect(json(files, 'package.json')).toMatchObject({ name: 'app', scripts: { test: 'true' } })
})

test('several codebases keep their ports and their order', async () => {
  const { functions, emulators } = json(await after('several codebases'), 'firebase.json')
  expect(functions?.map(({ codebase }) => codebase)).toEqual(['api', 'jobs', 'firesight'])
  expect(emulators).toMatchObject({ functions: { port: 6001 }, firestore: { port: 8080 } })
  expect(await after('several codebases', { project: 'prod' })).toHaveProperty(['firesight/.env.album-prod'])
})

test('a kit gets no codebase, and rules and indexes for all its instances', async () => {
  const files = await after('kit')
  expect(files['firesight/package.json']).toBeUndefined()
  expect(files['function-kits/firesight/config-a/.env.photo-album']).toMatch(
    /^FUNCTION_DEFAULT_REGION=europe-west1\nUPLOAD_BUCKET=album-a\nUPLOAD_PATH=/,
  )
  expect(files['function-kits/firesight/config-b/.env.photo-album']).not.toContain('users/{uid}/uploads')
  expect(files['firestore.rules']).toContain('match /images/{imageId} {')
  expect(files['firestore.rules']).toContain('match /scans/{imageId} {')
  expect(files['storage.rules']).toContain('match /scans/{uid}/{fileName} {')
  expect(files['firestore.indexes.json']).toContain('"collectionGroup": "scans"')
  expect(files['.gitignore']).toBe('function-kits/firesight/source/.secret.local\n')
})

/** The values of JSON files that the tests look at. */
type Json = {
  functions?: { codebase?: string }[]
  emulators?: object
  scripts?: object
  dependencies?: object
  indexes?: { collectionGroup: string }[]
  fieldOverrides?: object[]
}

function json(files: Files, path: string): Json {
  return JSON.parse((files[path] ?? '').replaceAll(/^\s*\/\/.*$/gm, ''))
}
