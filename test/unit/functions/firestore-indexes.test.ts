import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { type AggregateQuery, DocumentReference, getFirestore, Query } from 'firebase-admin/firestore'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { listPhotos, openDocuments, type StoredPhoto, watchNewest } from '../../../client/src/documents.ts'
import { STATE_COLLECTIONS } from '../../../functions/src/document/state-collections.ts'
import type { ModelFileStore } from '../../../functions/src/ports/model-files.ts'
import type { AnnotationIndex, LiveEntry, ProgressStore } from '../../../functions/src/ports/upkeep.ts'
import { firestoreAnnotationIndex } from '../../../functions/src/stores/firestore/firestore-annotation-index.ts'
import { firestoreExtensionDocuments } from '../../../functions/src/stores/firestore/firestore-extension-documents.ts'
import { firestoreModelFiles } from '../../../functions/src/stores/firestore/firestore-model-files.ts'
import { firestoreProgress } from '../../../functions/src/stores/firestore/firestore-progress.ts'
import { firestoreQuota } from '../../../functions/src/stores/firestore/firestore-quota.ts'
import { root } from '../../../tools/paths.ts'
import {
  hasFieldIndex,
  isServed,
  ourIndexes,
  type QueryShape,
  type StructuredQuery,
  shapeOf,
} from '../../support/firestore-indexes.ts'

const indexes = ourIndexes()
const app = initializeApp({ projectId: 'demo-indexes' }, 'indexes')
const firestore = getFirestore(app)
afterAll(() => deleteApp(app))

type Request = { structuredQuery: StructuredQuery }
type Aggregation = { sum: { field: { fieldPath: string } } }

const recorded: QueryShape[] = []
beforeEach(() => {
  recorded.length = 0
  vi.spyOn(DocumentReference.prototype, 'get').mockResolvedValue({
    data: () => undefined,
    get: () => undefined,
  } as never)
  vi.spyOn(Query.prototype, 'get').mockImplementation(async function (this: Query) {
    recorded.push(shapeOf((this as unknown as { toProto(): Request }).toProto().structuredQuery))
    return { docs: [] } as never
  })
  // The class is not exported as a value.
  const aggregates = Object.getPrototypeOf(firestore.collection('any').count()) as AggregateQuery<never>
  vi.spyOn(aggregates, 'get').mockImplementation(async function (this: AggregateQuery<never>) {
    const { structuredAggregationQuery } = (
      this as unknown as {
        toProto(): { structuredAggregationQuery: Request & { aggregations: Aggregation[] } }
      }
    ).toProto()
    const { structuredQuery, aggregations } = structuredAggregationQuery
    const sums = aggregations.map(({ sum }) => sum.field.fieldPath)
    recorded.push(shapeOf(structuredQuery, sums))
    return { data: () => ({ tokens: 0, restrictedTokens: 0 }) } as never
  })
})

/** The client's queries, in the form of the API. */
vi.mock('firebase/firestore', async (importOriginal) => {
  const operations: Record<string, string> = { '==': 'EQUAL', in: 'IN', 'array-contains': 'ARRAY_CONTAINS' }
  const read = (_images: unknown, ...constraints: Partial<StructuredQuery>[]) => constraints
  const record = (constraints: (Partial<StructuredQuery> | Partial<StructuredQuery>[])[]) => {
    const all = constraints.flat(9)
    const filters = all.flatMap(({ where }) => where ?? [])
    recorded.push(
      shapeOf({
        from: [{ collectionId: 'images' }],
        where: { compositeFilter: { filters } },
        orderBy: all.flatMap(({ orderBy }) => orderBy ?? []),
      }),
    )
    return { docs: [] }
  }
  return {
    ...(await importOriginal<object>()),
    getFirestore: () => undefined,
    collection: () => [],
    documentId: () => '__name__',
    where: (fieldPath: string, op: string) => ({
      where: { fieldFilter: { field: { fieldPath }, op: operations[op]! } },
    }),
    orderBy: (fieldPath: string, direction: string) => ({
      orderBy: [{ field: { fieldPath }, direction: direction === 'desc' ? 'DESCENDING' : 'ASCENDING' }],
    }),
    limit: () => ({}),
    startAfter: () => ({}),
    query: (first: never, ...others: never[]) => [first, ...read(undefined, ...others)],
    getDocsFromServer: async (constraints: never) => record(constraints),
    onSnapshot: (constraints: never) => record(constraints),
  }
})

const NOW = new Date('2026-11-30T12:00:00Z')
const ENTRY = { imageId: 'photo', dueAt: NOW } as LiveEntry

/** Each method of a port, with the calls that send its queries. Methods without queries have none. */
type Calls<T> = { [method in keyof T]-?: (store: T) => Promise<unknown>[] }

const annotationCalls: Calls<AnnotationIndex> = {
  due: (store) => [store.due(NOW, 20), store.due(NOW, 20, ENTRY)],
  dueAfterOwner: (store) =>
    [null, 'alice'].flatMap((owner) => [
      store.dueAfterOwner(owner, NOW, 10),
      store.dueAfterOwner(owner, NOW, 10, { ...ENTRY, owner }),
    ]),
  find: () => [],
  after: (store) => [store.after(undefined, 10), store.after('photo', 10)],
  ofOwner: (store) => [store.ofOwner('alice', undefined, 10), store.ofOwner('alice', 'photo', 10)],
}

const modelFileCalls: Calls<ModelFileStore> = {
  get: () => [],
  put: () => [],
  markToDelete: () => [],
  remove: () => [],
  ofOwner: (store) => [store.ofOwner('alice', 10)],
  ofPhoto: (store) => [store.ofPhoto('photo', 10)],
  marked: (store) => [store.marked(10)],
  after: (store) => [store.after(undefined, 10), store.after('key', 10)],
}

const progressCalls: Calls<ProgressStore> = {
  read: () => [],
  change: () => [],
  withState: (store) => [store.withState('firesightBackfills', 'running', 10)],
  due: (store) => [store.due('firesightErasures', NOW, 10)],
}

const run = async <T>(calls: Calls<T>, store: T) => {
  for (const send of Object.values<Calls<T>[keyof T]>(calls)) await Promise.all(send(store))
}

describe('firestore.indexes.json', () => {
  const stores = 'functions/src/stores/firestore'
  const senders: Record<string, () => Promise<unknown>> = {
    'client/src/documents.ts': async () => {
      const images = openDocuments({} as never, {} as never, undefined)
      for (const label of [undefined, 'cat']) {
        const filter = { uid: 'alice', label, length: 10 }
        const photo = { imageId: 'photo', annotation: { createdAt: NOW } } as StoredPhoto
        await listPhotos(images, filter, undefined)
        await listPhotos(images, filter, photo)
        watchNewest(images, filter, vi.fn(), vi.fn())
      }
    },
    [`${stores}/firestore-annotation-index.ts`]: async () =>
      run(annotationCalls, firestoreAnnotationIndex(firestore)),
    [`${stores}/firestore-extension-documents.ts`]: async () =>
      firestoreExtensionDocuments(firestore, {
        extensionCollection: 'imageLabels',
        imagesCollection: 'images',
      }).remove('a.jpg'),
    [`${stores}/firestore-model-files.ts`]: async () => run(modelFileCalls, firestoreModelFiles(firestore)),
    [`${stores}/firestore-progress.ts`]: async () => run(progressCalls, firestoreProgress(firestore)),
    [`${stores}/project-counter.ts`]: async () => firestoreQuota(firestore).look('alice', NOW),
  }

  it.each(Object.entries(senders))('serves the queries of %s', async (_, send) => {
    await send()
    expect(recorded).not.toEqual([])
    expect(recorded.filter((query) => !isServed(query, indexes))).toEqual([])
  })

  it('is checked with every file that has a query', () => {
    const folders = ['functions/src', 'client/src', 'web/src', 'tools', 'cli/src']
    const files = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name}`,
      ),
    )
    const withQueries = files
      .filter((file) => /\.(ts|tsx)$/.test(file))
      .filter((file) =>
        /\b(where|orderBy|aggregate|collectionGroup|runQuery)\((?!\))/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
      )
    expect(withQueries.toSorted()).toEqual(Object.keys(senders).toSorted())
  })

  it('names no collection of an app but the images: settings apply to all collections of a name', () => {
    const groups = [...indexes.indexes, ...indexes.fieldOverrides].map((entry) => entry.collectionGroup)
    const names: string[] = Object.values(STATE_COLLECTIONS)
    expect(names.filter((name) => !name.startsWith('firesight'))).toEqual([])
    expect(groups.filter((group) => group !== 'images' && !names.includes(group))).toEqual([])
  })

  it('has no field index for what grows from photo to photo', () => {
    const schema = JSON.parse(readFileSync(join(root, 'docs/schemas/annotation.json'), 'utf8')) as {
      properties: Record<string, object>
    }
    const sequential = Object.entries(schema.properties)
      .filter(([field, property]) => JSON.stringify(property).includes('date-time') || field === 'generation')
      .map(([field]) => field)
    expect(sequential).toContain('lease')
    expect(sequential.filter((field) => hasFieldIndex(indexes, 'images', field))).toEqual([])
  })

  it('has only composite indexes with a query, none of which begins with what grows from photo to photo', async () => {
    for (const send of Object.values(senders)) await send()
    const unused = indexes.indexes.filter((index) => {
      const others = { ...indexes, indexes: indexes.indexes.filter((each) => each !== index) }
      return recorded.every((query) => isServed(query, others))
    })
    // Apps list photos with their own queries, and so do clients of earlier versions.
    expect(unused.map(({ fields }) => fields.map(({ fieldPath }) => fieldPath))).toEqual([
      ['owner', 'createdAt'],
    ])
    expect(indexes.indexes.map(({ fields }) => fields[0]!.fieldPath)).toEqual([
      'owner',
      'owner',
      'owner',
      'owner',
      'dueShard',
      'tokens',
    ])
  })
})
