import type { AnnotationIndex, DuePosition, LiveEntry } from '../ports/upkeep.ts'

/** Photos of each owner that a query for the next owner reads at most. */
const PER_OWNER = 10
/**
 * Pages of due photos that one batch reads at most, and of those without `dueShard`. It bounds the cost of due photos of other instances in the
 * same collection, which are read and ignored.
 */
const MAX_PAGES = 20

/** Which photos to return, and how many. */
export type DueOptions = {
  isOwn: (entry: LiveEntry) => boolean
  now: Date
  /** How many of the longest overdue photos to read. */
  limit: number
  hasTime: () => boolean
  /** 0 to 1. */
  random?: () => number
}

/** `end`: the position of the last one. `areAll`: no photo is due after it. */
export type DueBatch = { photos: LiveEntry[]; end: DuePosition | undefined; areAll: boolean }

/**
 * Own due photos, alternating between their owners, each owner's longest overdue first. One owner with any
 * number of due photos delays no other: the owners are also read one after another, from a random one on.
 * This also finds documents of versions without `dueShard`. Sends at most `limit` queries for that, and
 * `MAX_PAGES` for the rest of those documents.
 */
export async function duePhotos(index: AnnotationIndex, options: DueOptions): Promise<DueBatch> {
  const oldest = await oldestDue(index, options, undefined)
  const others = await dueByOwner(index, options)
  return { ...oldest, photos: alternate(byOwner([...oldest.photos, ...others])) }
}

/** The own due photos after a position, alternating between their owners. */
export async function nextDuePhotos(
  index: AnnotationIndex,
  options: DueOptions,
  after: DuePosition,
): Promise<DueBatch> {
  const batch = await oldestDue(index, options, after)
  return { ...batch, photos: alternate(byOwner(batch.photos)) }
}

async function oldestDue(
  index: AnnotationIndex,
  { isOwn, now, limit, hasTime }: DueOptions,
  after: DuePosition | undefined,
): Promise<DueBatch> {
  const photos: LiveEntry[] = []
  let end = after
  for (let pages = 0; pages < MAX_PAGES && (pages === 0 || hasTime()); pages++) {
    const page = await index.due(now, limit, end)
    photos.push(...page.filter(isOwn))
    end = page.at(-1) ?? end
    if (page.length < limit) return { photos, end, areAll: true }
    if (photos.length >= limit) break
  }
  return { photos, end, areAll: false }
}

/**
 * Some due photos of each owner, up to `limit` owners: if there are more, another sweep starts elsewhere. Those
 * without `dueShard`, which `index.due` does not return, are read to their end, up to `limit` more in one batch.
 */
async function dueByOwner(
  index: AnnotationIndex,
  { isOwn, now, limit, hasTime, random = Math.random }: DueOptions,
): Promise<LiveEntry[]> {
  const entries: LiveEntry[] = []
  let morePages = MAX_PAGES
  let morePhotos = limit
  /** @returns the last owner that was read */
  const readAfter = async (owner: string | null): Promise<string | null | undefined> => {
    let page = await index.dueAfterOwner(owner, now, PER_OWNER)
    entries.push(...page.filter(isOwn))
    let last = page.at(-1)
    let isFull = page.length === PER_OWNER
    while (isFull && page.some(isUnsharded) && morePages > 0 && morePhotos > 0 && hasTime()) {
      page = await index.dueAfterOwner(owner, now, limit, last)
      const own = page.filter(isOwn)
      entries.push(...own)
      last = page.at(-1) ?? last
      isFull = page.length === limit
      morePages--
      morePhotos -= own.filter(isUnsharded).length
    }
    return last?.owner
  }

  await readAfter(null)
  const owners = new Set<string>()
  const start = String.fromCharCode(...Array.from({ length: 3 }, () => 0x30 + Math.floor(random() * 75)))
  // From the start to the last owner, then from the first owner to the start.
  for (const [from, until] of [
    [start, undefined],
    ['', start],
  ] as const) {
    let after: string = from
    while (owners.size < limit && hasTime()) {
      const owner = await readAfter(after)
      if (owner === null || owner === undefined) break
      owners.add(owner)
      if (until !== undefined && owner >= until) break
      after = owner
    }
  }
  return entries
}

/** Last written by a version without `dueShard`. */
function isUnsharded({ dueShard }: LiveEntry): boolean {
  return dueShard === undefined
}

function byOwner(entries: LiveEntry[]): LiveEntry[][] {
  const unique = new Map(entries.map((entry) => [entry.imageId, entry]))
  return [...Map.groupBy(unique.values(), ({ owner }) => owner).values()].map((owned) =>
    owned.toSorted((a, b) => (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0)),
  )
}

/** The first of each list, then the second of each, and so on. */
function alternate<T>(lists: T[][]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat()
}
