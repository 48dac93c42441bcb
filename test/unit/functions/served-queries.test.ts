import { describe, expect, it } from 'vitest'
import { isServed, ourIndexes, type QueryShape } from '../../support/firestore-indexes.ts'

const indexes = ourIndexes()

describe('isServed()', () => {
  const query = (shape: Partial<QueryShape>): QueryShape => ({
    collection: 'images',
    equal: [],
    contains: [],
    order: [],
    sums: [],
    ...shape,
  })
  const by = (field: string, direction: 'ASCENDING' | 'DESCENDING' = 'ASCENDING') => ({ field, direction })

  it.each([
    ['an exempt field', query({ order: [by('createdAt')] })],
    ['a map whose field is exempt', query({ equal: ['lease.token'] })],
    ['equalities without a field index', query({ equal: ['owner', 'generation'] })],
    ['a composite index that is missing', query({ equal: ['owner'], order: [by('sizeBytes')] })],
    ['fields in another order', query({ order: [by('dueAt'), by('owner')] })],
    ['one reversed direction of two', query({ order: [by('owner', 'DESCENDING'), by('dueAt')] })],
    ['sums of an index that lacks one', query({ collection: 'firesightShards', sums: ['tokens', 'calls'] })],
    [
      'a composite index of another collection',
      query({ collection: 'firesightQuotas', equal: ['owner'], order: [by('dueAt')] }),
    ],
  ])('is false for %s', (_, shape) => {
    expect(isServed(shape, indexes)).toBe(false)
  })

  it.each([
    ['all directions reversed', query({ order: [by('owner', 'DESCENDING'), by('dueAt', 'DESCENDING')] })],
    ['one indexed field', query({ order: [by('sizeBytes', 'DESCENDING')] })],
    ['equalities of indexed fields', query({ equal: ['owner', 'status'] })],
    ['the order of ids', query({})],
  ])('is true for %s', (_, shape) => {
    expect(isServed(shape, indexes)).toBe(true)
  })
})
