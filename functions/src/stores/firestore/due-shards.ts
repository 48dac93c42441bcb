import type { LiveEntry } from '../../ports/upkeep.ts'

/**
 * `dueAt` grows from photo to photo, and Firestore indexes at most about 500 such writes a second. The index
 * (`dueShard`, `dueAt`) allows as many for each shard. A sweep sends one query for each, so there are few.
 * Documents keep their shard, so a lower number would hide some of them.
 * https://firebase.google.com/docs/firestore/solutions/shard-timestamp, 2026-11
 */
export const DUE_SHARDS = 16

/** The shard of a document, from 0. Ids are hashes, so documents spread evenly. */
export function dueShardOf(imageId: string): number {
  let hash = 0
  for (const character of imageId) hash = (hash * 31 + character.charCodeAt(0)) >>> 0
  return hash % DUE_SHARDS
}

/** The fields with the shard of the document beside `dueAt`: set, or removed (undefined) with it. */
export function withDueShard<T extends object>(
  fields: T,
  imageId: string,
): T & { dueShard?: number | undefined } {
  if (!('dueAt' in fields)) return fields
  return { ...fields, dueShard: fields.dueAt === undefined ? undefined : dueShardOf(imageId) }
}

type ReadPage = (shard: number, limit: number, after: LiveEntry | undefined) => Promise<LiveEntry[]>

/**
 * The first due photos of all shards, in the order of `dueAt` and then of ids. Each shard is read in pages
 * that are a little larger than its share, so that few documents are read in vain.
 */
export async function firstOfShards(limit: number, readPage: ReadPage): Promise<LiveEntry[]> {
  const pageSize = Math.ceil((1.25 * limit) / DUE_SHARDS)
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => ({
    shard,
    page: [] as LiveEntry[],
    taken: 0,
    hasMore: true,
  }))
  const merged: LiveEntry[] = []
  while (merged.length < limit) {
    const ended = shards.filter(({ page, taken, hasMore }) => hasMore && taken === page.length)
    await Promise.all(
      ended.map(async (each) => {
        each.page = await readPage(each.shard, pageSize, each.page.at(-1))
        each.taken = 0
        each.hasMore = each.page.length === pageSize
      }),
    )
    const open = shards.filter(({ page, taken }) => taken < page.length)
    if (open.length === 0) break
    const first = open.reduce((a, b) => (isBefore(b.page[b.taken]!, a.page[a.taken]!) ? b : a))
    merged.push(first.page[first.taken++]!)
  }
  return merged
}

function isBefore(a: LiveEntry, b: LiveEntry): boolean {
  const difference = (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0)
  return difference === 0 ? a.imageId < b.imageId : difference < 0
}
