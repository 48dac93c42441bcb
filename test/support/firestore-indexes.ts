import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools/paths.ts'

/*
 * Which queries the indexes of firestore.indexes.json serve. The Firestore emulator serves every query.
 * https://firebase.google.com/docs/firestore/query-data/index-overview, 2026-11
 */

type Direction = 'ASCENDING' | 'DESCENDING'
type IndexField = { fieldPath: string; order?: Direction; arrayConfig?: 'CONTAINS' }
type Index = { collectionGroup: string; queryScope: string; fields: IndexField[] }
type Override = { collectionGroup: string; fieldPath: string; indexes: unknown[] }
export type Indexes = { indexes: Index[]; fieldOverrides: Override[] }

/** Filters and orders of a query, without those of the document id. Orders include those of inequalities. */
export type QueryShape = {
  collection: string
  equal: string[]
  contains: string[]
  order: { field: string; direction: Direction }[]
  sums: string[]
}

export function ourIndexes(): Indexes {
  return JSON.parse(readFileSync(join(root, 'firestore.indexes.json'), 'utf8')) as Indexes
}

export function hasFieldIndex({ fieldOverrides }: Indexes, collection: string, field: string): boolean {
  const [top] = field.split('.')
  return !fieldOverrides.some(
    ({ collectionGroup, fieldPath, indexes }) =>
      collectionGroup === collection && (fieldPath === field || fieldPath === top) && indexes.length === 0,
  )
}

export function isServed(query: QueryShape, indexes: Indexes): boolean {
  const { collection, equal, contains, order, sums } = query
  const fields = [...equal, ...contains, ...order.map(({ field }) => field), ...sums]
  // Equalities alone merge the indexes of their fields.
  const needsNoComposite = fields.length === 1 || (order.length === 0 && sums.length === 0)
  if (needsNoComposite) return fields.every((field) => hasFieldIndex(indexes, collection, field))
  return indexes.indexes.some((index) => index.collectionGroup === collection && fits(index, query))
}

/** Equalities first, in any order; then the orders, all as they are or all reversed; then what is summed. */
function fits({ queryScope, fields }: Index, { equal, contains, order, sums }: QueryShape): boolean {
  const first = fields.slice(0, equal.length + contains.length)
  const middle = fields.slice(first.length, first.length + order.length)
  const last = fields.slice(first.length + order.length)
  const keyOf = ({ fieldPath, arrayConfig }: IndexField) =>
    arrayConfig ? `${fieldPath} contains` : fieldPath
  const filters = [...equal, ...contains.map((field) => `${field} contains`)]
  const reversed = middle.map((field, i) => field.order !== order[i]?.direction)
  return (
    queryScope === 'COLLECTION' &&
    sameSet(first.map(keyOf), filters) &&
    middle.map(({ fieldPath }) => fieldPath).join() === order.map(({ field }) => field).join() &&
    new Set(reversed).size <= 1 &&
    sameSet(last.map(keyOf), sums)
  )
}

function sameSet(a: string[], b: string[]): boolean {
  return a.toSorted().join() === b.toSorted().join()
}

type FieldReference = { fieldPath: string }
type Filter = {
  fieldFilter?: { field: FieldReference; op: string }
  unaryFilter?: { field: FieldReference; op: string }
  compositeFilter?: { filters: Filter[] }
}

/** A query as the Firestore API receives it. */
export type StructuredQuery = {
  from: { collectionId: string; allDescendants?: boolean }[]
  where?: Filter
  orderBy?: { field: FieldReference; direction: Direction }[]
}

const ID = '__name__'

export function shapeOf({ from, where, orderBy = [] }: StructuredQuery, sums: string[] = []): QueryShape {
  if (from.length !== 1 || from[0]!.allDescendants)
    throw new Error(`Cannot check a query of ${JSON.stringify(from)}: only one collection is supported`)
  const shape: QueryShape = {
    collection: from[0]!.collectionId,
    equal: [],
    contains: [],
    order: [],
    sums,
  }
  const last = orderBy.filter(({ field }) => field.fieldPath !== ID).at(-1)
  for (const { field, direction } of orderBy) {
    // The id follows the direction of the last field; in another one it would need an index of its own.
    if (field.fieldPath === ID && last && last.direction === direction) continue
    if (field.fieldPath === ID && !last && direction === 'ASCENDING') continue
    shape.order.push({ field: field.fieldPath, direction })
  }
  for (const { field, op } of filtersOf(where)) {
    const { fieldPath } = field
    if (['EQUAL', 'IN', 'IS_NULL'].includes(op)) shape.equal.push(fieldPath)
    else if (op === 'ARRAY_CONTAINS') shape.contains.push(fieldPath)
    else if (!shape.order.some((each) => each.field === fieldPath))
      shape.order.push({ field: fieldPath, direction: 'ASCENDING' })
  }
  return shape
}

function filtersOf(filter: Filter | undefined): { field: FieldReference; op: string }[] {
  const { fieldFilter, unaryFilter, compositeFilter } = filter ?? {}
  const one = fieldFilter ?? unaryFilter
  return one ? [one] : (compositeFilter?.filters.flatMap(filtersOf) ?? [])
}
