import { describe, expect, it } from 'vitest'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import type { LiveEntry } from '../../../functions/src/ports/upkeep.ts'
import {
  DUE_SHARDS,
  dueShardOf,
  firstOfShards,
  withDueShard,
} from '../../../functions/src/stores/firestore/due-shards.ts'

const START = Date.parse('2026-11-30T12:00:00Z')

/** Entries in the order of a query without shards. Every fifth is due at the same time as the one before. */
const entries = Array.from({ length: 400 }, (_, i) => ({
  imageId: imageIdOf('bucket', `users/alice/uploads/${i}.jpg`),
  dueAt: new Date(START + (i - (i % 5 === 4 ? 1 : 0)) * 1000),
})).toSorted(
  (a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.imageId < b.imageId ? -1 : 1),
) as LiveEntry[]

function countingPages(all: LiveEntry[]) {
  const counts = { queries: 0, documents: 0 }
  const readPage = async (shard: number, limit: number, after: LiveEntry | undefined) => {
    const inShard = all.filter(({ imageId }) => dueShardOf(imageId) === shard)
    const from = after ? inShard.indexOf(after) + 1 : 0
    const page = inShard.slice(from, from + limit)
    counts.queries++
    counts.documents += page.length
    return page
  }
  return { counts, readPage }
}

describe('firstOfShards()', () => {
  it.each([1, 20, 150, 400, 1000])('returns the %d longest overdue photos in order', async (limit) => {
    const { counts, readPage } = countingPages(entries)
    expect(await firstOfShards(limit, readPage)).toEqual(entries.slice(0, limit))
    // At most two pages of each shard in vain.
    expect(counts.documents).toBeLessThanOrEqual(limit + 2 * (0.625 * limit + DUE_SHARDS))
  })

  it('sends one query for each shard if nothing is due', async () => {
    const { counts, readPage } = countingPages([])
    expect(await firstOfShards(1000, readPage)).toEqual([])
    expect(counts).toEqual({ queries: DUE_SHARDS, documents: 0 })
  })

  it('returns photos that are all in one shard', async () => {
    const together = entries.filter(({ imageId }) => dueShardOf(imageId) === 3)
    const { readPage } = countingPages(together)
    expect(await firstOfShards(1000, readPage)).toEqual(together)
  })
})

it('dueShardOf() spreads photos evenly', () => {
  const counts = Map.groupBy(entries, ({ imageId }) => dueShardOf(imageId))
  expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: DUE_SHARDS }, (_, i) => i),
  )
  expect(Math.max(...[...counts.values()].map(({ length }) => length))).toBeLessThan(50)
})

it('withDueShard() keeps the shard beside dueAt, and removes it with dueAt', () => {
  const shard = dueShardOf('photo')
  expect(withDueShard({ dueAt: new Date(START) }, 'photo')).toMatchObject({ dueShard: shard })
  expect(withDueShard({ dueAt: undefined, caption: 'a' }, 'photo')).toEqual({
    dueAt: undefined,
    caption: 'a',
    dueShard: undefined,
  })
  expect(withDueShard({ caption: 'a' }, 'photo')).toEqual({ caption: 'a' })
})
