import type { AnnotationIndex, LiveEntry } from '../ports/upkeep.ts'

/** Photos of each owner that a query for the next owner reads at most. */
const PER_OWNER = 10

/**
 * Due photos, alternating between their owners, each owner's longest overdue first. One owner with any number
 * of due photos delays no other: if there are more due photos than `limit`, the owners are also read one
 * after another, from a random one on. Sends at most `limit` queries for that.
 * @param random 0 to 1
 */
export async function duePhotos(
  index: AnnotationIndex,
  now: Date,
  limit: number,
  hasTime: () => boolean,
  random: () => number = Math.random,
): Promise<LiveEntry[]> {
  const oldest = await index.due(now, limit)
  const others = oldest.length < limit ? [] : await dueByOwner(index, now, limit, hasTime, random)
  return alternate(byOwner([...oldest, ...others])).slice(0, limit)
}

/** Some due photos of each owner, up to `limit` owners: if there are more, another sweep starts elsewhere. */
async function dueByOwner(
  index: AnnotationIndex,
  now: Date,
  limit: number,
  hasTime: () => boolean,
  random: () => number,
): Promise<LiveEntry[]> {
  const entries = await index.dueAfterOwner(null, now, PER_OWNER)
  const owners = new Set<string>()
  const start = String.fromCharCode(...Array.from({ length: 3 }, () => 0x30 + Math.floor(random() * 75)))
  // From the start to the last owner, then from the first owner to the start.
  for (const [from, until] of [
    [start, undefined],
    ['', start],
  ] as const) {
    let after: string = from
    while (owners.size < limit && hasTime()) {
      const page = await index.dueAfterOwner(after, now, PER_OWNER)
      const owner = page.at(-1)?.owner
      if (owner === null || owner === undefined) break
      entries.push(...page)
      owners.add(owner)
      if (until !== undefined && owner >= until) break
      after = owner
    }
  }
  return entries
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
