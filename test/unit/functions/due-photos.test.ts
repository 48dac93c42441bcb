import { expect, it, vi } from 'vitest'
import { newAnnotation } from '../../../functions/src/document/new-annotation.ts'
import { duePhotos } from '../../../functions/src/maintenance/due-photos.ts'
import { memoryUpkeep } from '../../../functions/src/stores/memory/memory-upkeep.ts'
import { upload } from '../../support/photo-run.ts'

const NOW = new Date('2026-11-30T12:00:00Z')
const PHOTO = upload(Buffer.from('photo'))

/** An index with this number of due photos of each owner. Those of earlier owners are longer overdue. */
function indexOf(photosOf: Record<string, number>) {
  const documents = new Map(
    Object.entries(photosOf).flatMap(([owner, photos], nth) =>
      Array.from({ length: photos }, (_, i) => {
        const dueAt = new Date(NOW.getTime() - 3_600_000 + nth * 1000 + i)
        const annotation = newAnnotation(
          { ...PHOTO, owner: owner === 'none' ? null : owner },
          { token: '', expiresAt: dueAt },
          NOW,
        )
        return [`${owner}-${i}`, annotation] as const
      }),
    ),
  )
  return memoryUpkeep(
    () => documents,
    () => new Map(),
  ).annotations
}

const optionsFor = (limit: number) => ({ isOwn: () => true, now: NOW, limit, hasTime: () => true })
const ownersOf = (entries: { owner: string | null }[]) => entries.map(({ owner }) => owner)

it('duePhotos() alternates between owners, the longest overdue first', async () => {
  const { photos: due } = await duePhotos(indexOf({ mallory: 4, alice: 2, bob: 1 }), optionsFor(100))
  expect(due.map(({ imageId }) => imageId)).toEqual([
    'mallory-0',
    'alice-0',
    'bob-0',
    'mallory-1',
    'alice-1',
    'mallory-2',
    'mallory-3',
  ])
})

it.each([0, 0.5, 0.999])(
  'duePhotos() includes every owner while one owner has more photos than fit (random: %d)',
  async (random) => {
    const index = indexOf({ mallory: 2000, alice: 1, Bob: 25, '7eve': 1, zoe: 1 })
    const { photos: due } = await duePhotos(index, { ...optionsFor(1000), random: () => random })
    expect(due.length).toBeGreaterThanOrEqual(1000)
    expect(new Set(ownersOf(due))).toEqual(new Set(['mallory', 'alice', 'Bob', '7eve', 'zoe']))
    expect(new Set(ownersOf(due.slice(0, 5))).size).toBe(5)
  },
)

it('duePhotos() reaches each of many owners, and photos without an owner', async () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`a${i + 100}`, 10]))
  const index = indexOf({ ...many, azzz: 1, none: 1 })
  const { photos: due } = await duePhotos(index, { ...optionsFor(1000), random: () => 0.1 })
  expect(ownersOf(due)).toContain('azzz')
  expect(ownersOf(due)).toContain(null)
})

it('duePhotos() stops reading when the time is up', async () => {
  const { photos: due } = await duePhotos(indexOf({ mallory: 20, alice: 1 }), {
    ...optionsFor(10),
    hasTime: () => false,
  })
  expect(new Set(ownersOf(due))).toEqual(new Set(['mallory']))
})

it('duePhotos() returns own photos behind any number of longer overdue photos of another instance', async () => {
  const index = indexOf({ other: 350, alice: 3 })
  const isOwn = ({ imageId }: { imageId: string }) => !imageId.startsWith('other')
  const { photos: due } = await duePhotos(index, { ...optionsFor(100), isOwn })
  expect(ownersOf(due)).toEqual(['alice', 'alice', 'alice'])
})

it('duePhotos() reads the owners after 20 pages of photos of another instance', async () => {
  const index = indexOf({ other: 250, alice: 3 })
  const isOwn = ({ imageId }: { imageId: string }) => !imageId.startsWith('other')
  const read = vi.spyOn(index, 'due')
  const { photos: due } = await duePhotos(index, { ...optionsFor(10), isOwn })
  expect(read).toHaveBeenCalledTimes(20)
  expect(ownersOf(due)).toEqual(['alice', 'alice', 'alice'])
})

/** As if versions without `dueShard` had written all of them. */
function unsharded(photosOf: Record<string, number>) {
  const index = indexOf(photosOf)
  const { dueAfterOwner } = index
  index.due = async () => []
  index.dueAfterOwner = async (...query) =>
    (await dueAfterOwner(...query)).map((entry) => {
      delete entry.dueShard
      return entry
    })
  return index
}

it.each([
  ['of an owner', 'mallory'],
  ['without an owner', 'none'],
])('duePhotos() returns up to `limit` more photos %s that have no dueShard', async (_, owner) => {
  const index = unsharded({ [owner]: 95, zoe: 1 })
  const { photos: all } = await duePhotos(index, { ...optionsFor(30), random: () => 0 })
  // Ten, then pages of 30 until 30 or more are read.
  expect(ownersOf(all).filter((each) => each !== 'zoe')).toHaveLength(40)
  expect(ownersOf(all)).toContain('zoe')
  expect((await duePhotos(index, optionsFor(100))).photos).toHaveLength(96)
})

it('duePhotos() returns own photos without dueShard behind those of another instance', async () => {
  const index = unsharded({ alice: 60 })
  const isOwn = ({ imageId }: { imageId: string }) => imageId === 'alice-55'
  const { photos: due } = await duePhotos(index, { ...optionsFor(20), isOwn })
  expect(due.map(({ imageId }) => imageId)).toEqual(['alice-55'])
})

it('memoryUpkeep() continues behind a position whose photo has run since', async () => {
  const index = indexOf({ alice: 4 })
  const [first, , third] = await index.due(NOW, 10)
  const gone = { ...first!, imageId: 'alice-0a' }
  expect(await index.due(NOW, 2, gone)).toMatchObject([{ imageId: 'alice-1' }, third])
})
