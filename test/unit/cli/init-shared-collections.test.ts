import { describe, expect, it, test } from 'vitest'
import { type Files, initProject } from './init-project.ts'

const firebaserc = { '.firebaserc': '{ "projects": { "default": "photo-album" } }' }
const region = 'europe-west1'
const config = { 'firebase.json': '{ "firestore": { "rules": "firestore.rules" } }' }
const rules = (body: string) => ({
  'firestore.rules': `rules_version = '2';\nservice cloud.firestore { match /databases/{db}/documents {\n${body}\n} }\n`,
})
const indexes = (content: object) => ({ 'firestore.indexes.json': JSON.stringify(content) })
const projectWith = (files: Files) => initProject({ ...firebaserc, ...config, ...files })

const index = (collectionGroup: string, ...fields: string[]) => ({
  collectionGroup,
  queryScope: 'COLLECTION',
  fields: fields.map((fieldPath) => ({ fieldPath, order: 'ASCENDING' })),
})
const ownSubcollection = rules('match /products/{p}/images/{i} { allow read: if false; }')
const ownTtl = indexes({
  fieldOverrides: [{ collectionGroup: 'images', fieldPath: 'expireAt', ttl: false, indexes: [] }],
})

/** Files with a use of the name `images`, and where the message finds it. */
const uses: [string, Files, string][] = [
  ['a subcollection', ownSubcollection, 'firestore.rules:3: match /products/{p}/images/{i}\n'],
  [
    'a subcollection in a nested block',
    rules('match /products/{p} {\n match /images/{i} { }\n}'),
    'firestore.rules:4: match /products/{p}/images/{i}\n',
  ],
  [
    'a top-level collection',
    rules('match /images/{i} { allow get: if resource.data.owner == request.auth.uid; }'),
    'firestore.rules:3: match /images/{i}\n',
  ],
  [
    'a rule for queries over all collections of a name',
    rules('match /{path=**}/images/{i} { allow read: if false; }'),
    'firestore.rules:3: match /{path=**}/images/{i}\n',
  ],
  [
    'a condition on a wildcard',
    rules("match /shops/{s}/{name}/{id} {\n allow read: if name in ['images', 'notes'];\n}"),
    "firestore.rules:4: match /shops/{s}/{name}/{id} { allow read: if name in ['images', 'notes'] }\n",
  ],
  [
    'a condition in a function on a recursive wildcard',
    rules(
      "function isImage(p) { return p[0] == 'shops' && p[2] == 'images'; }\nmatch /{path=**} { allow read: if isImage(path); }",
    ),
    'firestore.rules:4: match /{path=**} { allow read: if isImage(path) }\n',
  ],
  [
    'an index',
    indexes({ indexes: [index('images', 'product', 'position')] }),
    'firestore.indexes.json: an index of the fields product, position\n',
  ],
  ['settings of a field', ownTtl, 'firestore.indexes.json: settings of the field expireAt\n'],
]

describe('init stops if the project has own collections "images"', () => {
  test.each(uses)('in %s, also with --dry-run', async (_what, files, place) => {
    const project = projectWith(files)
    const before = project.files()
    for (const dryRun of [false, true]) {
      const run = project.init({ region, dryRun })
      await expect(run).rejects.toThrow(`name "images", which Firesight uses too:\n    ${place}`)
    }
    expect(project.files()).toEqual(before)
  })

  it('and says why, and what to do', async () => {
    const message = await projectWith(ownSubcollection)
      .init({ region })
      .catch((error: Error) => error.message)
    expect(message).toMatch(/- Firestore would delete documents whose expireAt is in the past\.\n/)
    expect(message).toMatch(
      /- Queries that filter or sort by only one of these fields would fail: .*\bcreatedAt\b.*\.\n/,
    )
    expect(message).toContain('--images-collection firesightImages')
    expect(message).toContain('--accept-shared-collection')
  })

  it('the same for the collections of the functions, which cannot have another name', async () => {
    const files = rules('match /orders/{o}/firesightReservations/{r} { }')
    await expect(projectWith(files).init({ region })).rejects.toThrow(
      /firestore\.rules:3: match \/orders\/\{o\}\/firesightReservations\/\{r\}\n[^]*\n {2}Rename your collection/,
    )
  })

  it('together with the problems of the rules', async () => {
    const body = 'match /products/{p}/images/{i} { allow read; }\nmatch /{all=**} { allow write; }'
    await expect(projectWith(rules(body)).init({ region })).rejects.toThrow(
      /lets clients write [^]*--accept-shared-collection/,
    )
  })

  it('in the active rules, if there is no file', async () => {
    const activeRules = async (release: string) =>
      release === 'cloud.firestore' ? ownSubcollection['firestore.rules'] : undefined
    for (const withRules of [true, false]) {
      await expect(
        initProject(firebaserc).init({ region, rules: withRules }, { activeRules }),
      ).rejects.toThrow(
        'the active rules of photo-album (cloud.firestore):3: match /products/{p}/images/{i}\n',
      )
    }
  })
})

describe('init does not stop', () => {
  test.each<[string, Files]>([
    ['another name in a path', rules('match /products/{p}/pictures/{i} { allow read; }')],
    ['the name as the id of a document', rules('match /pages/images { allow read; }')],
    [
      'a condition that excludes the name',
      rules("match /{c}/{id} { allow read: if !(c in ['images']) && c in ['a']; }"),
    ],
    [
      "the functions' own collections",
      rules(
        'match /firesightQuotas/{uid} { allow read: if request.auth.uid == uid; }\nmatch /firesight/{i}/firesightCircuits/{c} { }',
      ),
    ],
    ['a comment', rules('// match /products/{p}/images/{i}')],
    ['an index of another collection', indexes({ indexes: [index('pictures', 'a', 'b')] })],
    ['an index that Firesight has too', indexes({ indexes: [index('images', 'owner', 'dueAt')] })],
  ])('for %s', async (_what, files) => {
    expect(await projectWith(files).init({ region })).toContain('Created')
  })

  test.each(uses)('with another name for the annotations: %s', async (_what, files) => {
    const project = projectWith(files)
    expect(await project.init({ region, imagesCollection: 'firesightImages' })).toContain('Created')
  })

  test.each(uses)(
    'with --accept-shared-collection, and not at the next run: %s',
    async (_what, files, place) => {
      const project = projectWith(files)
      const output = await project.init({ region, acceptSharedCollection: true })
      expect(output).toContain(`also apply to your collections "images" (${place.trim()})`)
      expect(await project.init({ region })).toContain('Nothing to change')
    },
  )

  it("for Firesight's rules of an earlier run, if the indexes were deleted", async () => {
    const project = projectWith(rules('match /posts/{id} { allow read; }'))
    await project.init({ region })
    project.write('firestore.indexes.json', '{}')
    expect(await project.init({ region })).toContain('Created 0 and changed 1 files.')
  })

  it('for own rules and indexes of the annotations after the installation, but names other collections', async () => {
    const project = projectWith(rules('match /posts/{id} { allow read; }'))
    await project.init({ region })
    const { 'firestore.rules': text = '', 'firestore.indexes.json': json = '' } = project.files()
    const isOwner = 'allow get: if resource.data.owner == request.auth.uid;'
    const own = `match /images/{i} {\n${isOwner}\nmatch /notes/{n} { allow read; }\n}\nmatch /a/{b}/images/{c} { }\n`
    project.write(
      'firestore.rules',
      text.replace('match /posts', () => `${own}match /posts`),
    )
    project.write(
      'firestore.indexes.json',
      json.replace('"indexes": [', `"indexes": [${JSON.stringify(index('images', 'owner', 'altText'))},`),
    )
    const output = await project.init({ region })
    expect(output).toContain(
      'also apply to your collections "images" (firestore.rules:7: match /a/{b}/images/{c})',
    )
  })
})

describe('on a terminal, init asks about own collections "images"', () => {
  const asking = (answers: boolean[]) => {
    const questions: string[] = []
    const confirm = async (question: string) => {
      questions.push(question)
      return answers.shift() ?? false
    }
    return { questions, ask: { input: async () => region, confirm } }
  }

  it('and writes nothing if the answer is no', async () => {
    const project = projectWith(ownSubcollection)
    const before = project.files()
    const { questions, ask } = asking([false])
    await expect(project.init({ yes: false }, {}, ask)).rejects.toThrow('No file was changed.')
    expect(questions).toEqual([
      expect.stringMatching(/match \/products\/\{p\}\/images[^]*\n\nApply the TTL policies .* too\?$/),
    ])
    expect(project.files()).toEqual(before)
  })

  it('but not with --dry-run, which stops', async () => {
    const { questions, ask } = asking([true, true])
    const run = projectWith(ownSubcollection).init({ yes: false, dryRun: true }, {}, ask)
    await expect(run).rejects.toThrow('--accept-shared-collection')
    expect(questions).toEqual([])
  })

  it('and continues if the answer is yes', async () => {
    const project = projectWith(ownSubcollection)
    const { questions, ask } = asking([true, true])
    expect(await project.init({ yes: false }, {}, ask)).toContain('also apply to your collections "images"')
    expect(questions).toEqual([expect.stringContaining('Apply'), 'Write these changes?'])
    expect(project.files()).toHaveProperty(['firesight/index.js'])
  })
})

test('--no-rules says if the rules were not searched for the name', async () => {
  const unknown = await initProject(firebaserc).init({ region, rules: false })
  expect(unknown).toContain('active rules of photo-album could not be read, so they were not searched')
  const unreadable = await projectWith(rules('allow {')).init({ region, rules: false })
  expect(unreadable).toMatch(/firestore\.rules:3: expected a method.*\. So the rules were not searched/)
})

test('own settings of a field are kept, also without TTL, and reported', async () => {
  const project = projectWith(ownTtl)
  const output = await project.init({ region, acceptSharedCollection: true })
  expect(output).toMatch(/settings of the field images\.expireAt were kept\. They have no TTL policy/)
  expect(output).not.toMatch(/expireAt has passed: .*\bimages\b/)
  const { fieldOverrides }: { fieldOverrides: { collectionGroup: string; fieldPath: string }[] } = JSON.parse(
    project.files()['firestore.indexes.json']!,
  )
  const ofField = fieldOverrides.filter(
    ({ collectionGroup, fieldPath }) => collectionGroup === 'images' && fieldPath === 'expireAt',
  )
  expect(ofField).toEqual([{ collectionGroup: 'images', fieldPath: 'expireAt', ttl: false, indexes: [] }])
})
