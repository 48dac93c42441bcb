/* oxlint-disable vitest/expect-expect -- assertFails() and assertSucceeds() are the assertions here */
import { assertFails, assertSucceeds, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rulesEnvironment } from './environment.ts'

let environment: RulesTestEnvironment
beforeAll(async () => {
  environment = await rulesEnvironment()
  await seed(documents)
})
afterAll(async () => {
  await environment.clearFirestore()
  await environment.cleanup()
})

/** Firestore for a user, or for a signed-out client (null). */
function firestoreOf(uid: string | null) {
  const context = uid === null ? environment.unauthenticatedContext() : environment.authenticatedContext(uid)
  return context.firestore()
}

const images = (uid: string | null) => firestoreOf(uid).collection('images')
const own = () => firestoreOf('alice').doc('images/rules-alice')

const documents = {
  'images/rules-alice': { owner: 'alice', caption: 'A cat' },
  'images/rules-bob': { owner: 'bob', caption: 'A dog' },
  'images/rules-no-owner': { owner: null, caption: 'A photo outside of the folders of users' },
  'images/rules-unowned': { caption: 'A document without the field' },
  'images/rules-alice/parts/part': { owner: 'alice', caption: 'A document of a subcollection' },
  'firesightModelFiles/rules-alice': { owner: 'alice', uri: 'gs://bucket/users/alice/model-inputs/0.jpg' },
  'tokens/rules-alice': { owner: 'alice', caption: 'A collection of the functions' },
  'firesightQuotas/alice': { owner: 'alice', calls: [], days: {} },
  'firesightProjectUsage/2000-01-01/firesightShards/0': { owner: 'alice', tokens: 5 },
  'firesightProjectUsage/2000-01-01/firesightReservations/rules': { owner: 'alice' },
  'firesightCircuits/rules-alice': { owner: 'alice', code: 'model-misconfigured' },
  'firesightSettings/rules': { owner: 'alice', paused: false },
  'firesightBackfills/rules': { startedBy: 'alice', state: 'running' },
  'firesightUpkeep/rules': { startedBy: 'alice' },
  'firesight/rules': { owner: 'alice' },
  'firesight/rules/firesightErasures/rules': { owner: 'alice', uid: 'alice' },
}

async function seed(contents: Record<string, object>) {
  await environment.withSecurityRulesDisabled(async (context) => {
    for (const [path, data] of Object.entries(contents)) await context.firestore().doc(path).set(data)
  })
}

describe('firestore.rules: get', () => {
  test.each([
    ['alice', 'images/rules-alice'],
    ['bob', 'images/rules-bob'],
    ['alice', 'images/rules-not-there-yet'],
  ])('allows %s %s', async (uid, path) => {
    await assertSucceeds(firestoreOf(uid).doc(path).get())
  })

  test.each([
    [null, 'images/rules-alice'],
    [null, 'images/rules-not-there-yet'],
    [null, 'images/rules-no-owner'],
    ['bob', 'images/rules-alice'],
    ['alice', 'images/rules-bob'],
    ['alice', 'images/rules-no-owner'],
    ['alice', 'images/rules-unowned'],
    ['alice', 'images/rules-alice/parts/part'],
    ['alice', 'firesightModelFiles/rules-alice'],
    ['alice', 'tokens/rules-alice'],
    ['alice', 'tokens/rules-not-there'],
    ['alice', 'firesightQuotas/alice'],
    ['alice', 'firesightQuotas/bob'],
    ['alice', 'firesightProjectUsage/2000-01-01'],
    ['alice', 'firesightProjectUsage/2000-01-01/firesightShards/0'],
    ['alice', 'firesightProjectUsage/2000-01-01/firesightReservations/rules'],
    ['alice', 'firesightCircuits/rules-alice'],
    ['alice', 'firesightSettings/rules'],
    ['alice', 'firesightBackfills/rules'],
    ['alice', 'firesightUpkeep/rules'],
    ['alice', 'firesightSettings/killSwitch'],
    ['alice', 'firesight/rules'],
    ['alice', 'firesight/rules/firesightErasures/rules'],
    ['alice', 'firesight/rules/firesightSettings/killSwitch'],
  ])('refuses %s %s', async (uid, path) => {
    await assertFails(firestoreOf(uid).doc(path).get())
    await assertSucceeds(firestoreOf('alice').doc('images/rules-alice').get())
  })

  // A client does this between an upload and the first write of the functions.
  test('allows alice to watch a document that does not exist yet and becomes her own', async () => {
    const seen = waitAndCreate('images/rules-later-alice', { owner: 'alice' })
    expect(await seen).toEqual({ owner: 'alice' })
  })

  test("refuses alice a document that does not exist yet and becomes bob's", async () => {
    const seen = waitAndCreate('images/rules-later-bob', { owner: 'bob' })
    await assertFails(seen)
  })
})

/** Watches a document that does not exist as alice, creates it, and returns the data that she receives. */
async function waitAndCreate(path: string, data: object): Promise<unknown> {
  const watching = Promise.withResolvers<void>()
  const seen = Promise.withResolvers<unknown>()
  firestoreOf('alice')
    .doc(path)
    .onSnapshot(
      (snapshot) => (snapshot.exists ? seen.resolve(snapshot.data()) : watching.resolve()),
      seen.reject,
    )
  await watching.promise
  // Wait for both: the refusal may arrive before the write has ended.
  const [value] = await Promise.all([seen.promise, seed({ [path]: data })])
  return value
}

describe('firestore.rules: list', () => {
  test.each([1, 100])('allows the owner %i documents at most', async (limit) => {
    const { docs } = await assertSucceeds(images('alice').where('owner', '==', 'alice').limit(limit).get())
    expect(docs.length).toBeGreaterThan(0)
  })

  test('allows the owner a further filter', async () => {
    await assertSucceeds(
      images('alice').where('owner', '==', 'alice').where('caption', '==', 'A cat').limit(10).get(),
    )
  })

  test('allows the owner the queries of the client library: newest, by label, and the next page', async () => {
    const newest = images('alice').where('owner', '==', 'alice').orderBy('createdAt', 'desc').limit(100)
    await assertSucceeds(newest.where('status', 'in', ['succeeded', 'failed']).get())
    const cats = newest.where('labels', 'array-contains', 'cat')
    await assertSucceeds(cats.get())
    await assertSucceeds(cats.orderBy('__name__', 'desc').startAfter(new Date(0), 'rules-alice').get())
    await assertFails(cats.limit(101).get())
  })

  const refused: [string, () => Promise<unknown>][] = [
    ['a signed-out client', () => images(null).where('owner', '==', 'alice').limit(10).get()],
    ["another user's documents", () => images('bob').where('owner', '==', 'alice').limit(10).get()],
    ['documents of two owners', () => images('alice').where('owner', 'in', ['alice', 'bob']).limit(10).get()],
    ['documents without an owner', () => images('alice').where('owner', '==', null).limit(10).get()],
    ['a query without the owner', () => images('alice').limit(10).get()],
    [
      'a query that filters by something else',
      () => images('alice').where('caption', '==', 'A cat').limit(10).get(),
    ],
    ['101 documents', () => images('alice').where('owner', '==', 'alice').limit(101).get()],
    ['a query without a limit', () => images('alice').where('owner', '==', 'alice').get()],
    [
      'another collection',
      () => firestoreOf('alice').collection('tokens').where('owner', '==', 'alice').limit(10).get(),
    ],
    [
      'firesightQuotas',
      () => firestoreOf('alice').collection('firesightQuotas').where('owner', '==', 'alice').limit(10).get(),
    ],
    [
      "the project's usage",
      () =>
        firestoreOf('alice').collectionGroup('firesightShards').where('owner', '==', 'alice').limit(10).get(),
    ],
    [
      'a subcollection',
      () =>
        images('alice').doc('rules-alice').collection('parts').where('owner', '==', 'alice').limit(10).get(),
    ],
    [
      'a collection group',
      () => firestoreOf('alice').collectionGroup('images').where('owner', '==', 'alice').limit(10).get(),
    ],
  ]
  test.each(refused)('refuses %s', async (_what, query) => {
    await assertFails(query())
    await assertSucceeds(images('alice').where('owner', '==', 'alice').limit(10).get())
  })
})

describe('firestore.rules: write', () => {
  const refused: [string, () => Promise<unknown>][] = [
    ['create', () => firestoreOf('alice').doc('images/rules-new').set({ owner: 'alice' })],
    ['add', () => firestoreOf('alice').collection('images').add({ owner: 'alice' })],
    ['update', () => own().update({ caption: 'Another' })],
    ['take over', () => firestoreOf('alice').doc('images/rules-bob').update({ owner: 'alice' })],
    ['overwrite', () => own().set({ owner: 'alice' })],
    ['delete', () => own().delete()],
    [
      'change the file of an image',
      () => firestoreOf('alice').doc('firesightModelFiles/rules-alice').set({ uri: 'gs://b/o' }),
    ],
    ['create elsewhere', () => firestoreOf('alice').doc('users/alice').set({ owner: 'alice' })],
    ['reset a quota', () => firestoreOf('alice').doc('firesightQuotas/alice').delete()],
    ['create a quota', () => firestoreOf('alice').doc('firesightQuotas/new').set({ owner: 'alice' })],
    [
      "lower the project's usage",
      () =>
        firestoreOf('alice').doc('firesightProjectUsage/2000-01-01/firesightShards/0').update({ tokens: 0 }),
    ],
    ['open a circuit', () => firestoreOf('alice').doc('firesightCircuits/rules-new').set({ owner: 'alice' })],
    ['close a circuit', () => firestoreOf('alice').doc('firesightCircuits/rules-alice').delete()],
    [
      'turn on the kill switch',
      () => firestoreOf('alice').doc('firesightSettings/killSwitch').set({ paused: true }),
    ],
    [
      'pause an instance',
      () => firestoreOf('alice').doc('firesight/rules/firesightSettings/killSwitch').set({ paused: true }),
    ],
    ['create in a subcollection', () => own().collection('parts').doc('new').set({ owner: 'alice' })],
  ]
  test.each(refused)('refuses a user to %s', async (_what, write) => {
    await assertFails(write())
    await assertSucceeds(own().get())
  })
})
