import { beforeEach, describe, expect, it } from 'vitest'
import { type KeyedStorage, keysOf, memoryStorage } from '../../../web/src/parts/browser-storage.ts'
import { type Unfinished, UnfinishedStore } from '../../../web/src/upload/unfinished.ts'

const DAY_MS = 24 * 60 * 60_000
const entry = (imageId: string, startedAt = 0): Unfinished => ({
  imageId,
  name: `${imageId}.jpg`,
  size: 5,
  tab: 'other',
  startedAt,
})
const idsOf = (uploads: readonly Unfinished[]) => uploads.map(({ imageId }) => imageId)

let storage: KeyedStorage
beforeEach(() => {
  storage = memoryStorage()
})

describe('UnfinishedStore', () => {
  it('lists the newest first, and deletes entries of more than a week ago', () => {
    const store = new UnfinishedStore(storage, 'alice')
    store.remember(entry('a', 0))
    store.remember(entry('b', 5 * DAY_MS))
    store.remember(entry('c', 8 * DAY_MS))
    storage.setItem('another key', '{}')
    expect(idsOf(store.all(8 * DAY_MS))).toEqual(['c', 'b'])
    expect(keysOf(storage)).toEqual(['firesight-upload:alice:b', 'firesight-upload:alice:c', 'another key'])
  })

  it('keeps the entries of a user for later visits, and shows them to all tabs', () => {
    new UnfinishedStore(storage, 'alice').remember(entry('a'))
    const later = new UnfinishedStore(storage, 'alice')
    expect([idsOf(later.all(0)), later.get('a')?.name]).toEqual([['a'], 'a.jpg'])
  })

  it.each(['bob', 'alic', 'alice:a'])('shows no file name of another user to %s, and deletes it', (uid) => {
    new UnfinishedStore(storage, 'alice').remember(entry('a'))
    storage.setItem('firesight-upload:b', JSON.stringify(entry('b'))) // Of an older page, without a user.
    storage.setItem('another key', 'stays')
    const other = new UnfinishedStore(storage, uid)
    expect([other.all(0), other.get('a'), other.get('b')]).toEqual([[], undefined, undefined])
    expect(keysOf(storage)).toEqual(['another key'])
  })

  it('ignores damaged entries', () => {
    const store = new UnfinishedStore(storage, 'alice')
    storage.setItem('firesight-upload:alice:a', '{')
    storage.setItem('firesight-upload:alice:b', '[]')
    expect([store.all(), store.get('a')]).toEqual([[], undefined])
  })

  it('remembers nothing if the storage is full', () => {
    const full: KeyedStorage = {
      ...storage,
      length: 0,
      setItem: () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
      },
    }
    const store = new UnfinishedStore(full, 'alice')
    store.remember(entry('a'))
    expect(store.get('a')).toBeUndefined()
  })
})
