import pLimit from 'p-limit'
import { z } from 'zod'

/** Segments that one sweep scans in parallel. */
const SEGMENTS_AT_A_TIME = 8
/** A segment with more pages is split, so that a large library is scanned in parallel. */
const PAGES_BEFORE_SPLIT = 20
/** Where names and ids are split, behind their common prefix: ids of users and documents spread evenly. */
const SPLIT_AT = '048CGKOSWaeimquy'.split('')
/** The folders of Firesight in a bucket, whose names are split too. */
const HOME = /^(?:users|annotations)\//

/**
 * A range of names or ids that is scanned in their order: from `from` to `to`, which is not part of it. `cursor`:
 * the page where the next sweep continues.
 */
export const segmentSchema = z.object({
  from: z.string().exactOptional(),
  to: z.string().exactOptional(),
  cursor: z.string().exactOptional(),
})

export type Segment = z.infer<typeof segmentSchema>

/**
 * `next`: the next page, undefined at the end. `resumeAt`: the page from which another sweep would have to
 * continue, undefined for the first one. `last`: the last name or id that is done.
 */
export type PageEnd = { next?: string | undefined; resumeAt?: string | undefined; last?: string | undefined }

/** `stoppedAt`: the first name that this sweep could not finish. The next sweep continues with it. */
export type PageStop = { stoppedAt: string }

/** Scans one page of a segment. Returns undefined if the time was up before the page was done. */
export type ScanPage = (
  segment: Segment,
  cursor: string | undefined,
) => Promise<PageEnd | PageStop | undefined>

/**
 * `begin` returns a scanner for one segment, from the page `resumeAt`. It may remember what it saw on earlier
 * pages.
 */
export type ScanPart = {
  /** The common prefix of all names. Undefined: the part is never split. */
  prefix?: string
  begin: (resumeAt: string | undefined) => ScanPage
}

/**
 * Scans segments in parallel, page by page, until the time is up.
 * @param segments what is left. Changed after each page
 * @param afterPage is called after each page, and returns whether to continue
 */
export async function scanSegments(
  part: ScanPart,
  segments: Set<Segment>,
  hasTime: () => boolean,
  afterPage: () => Promise<boolean>,
): Promise<void> {
  const limit = pLimit(SEGMENTS_AT_A_TIME)
  let isStopped = false
  const scanSegment = async (segment: Segment): Promise<Segment[]> => {
    let { cursor } = segment
    const scanPage = part.begin(cursor)
    for (let pages = 1; !isStopped && hasTime(); pages++) {
      const page = await scanPage(segment, cursor)
      if (!page) return []
      if ('stoppedAt' in page) {
        segment.from = page.stoppedAt
        delete segment.cursor
        return []
      }
      const { next, resumeAt, last } = page
      if (next === undefined) segments.delete(segment)
      else {
        cursor = next
        if (resumeAt === undefined) delete segment.cursor
        else segment.cursor = resumeAt
      }
      const split =
        next !== undefined && pages % PAGES_BEFORE_SPLIT === 0 ? splitAfter(last, segment, part) : []
      if (split.length > 1) {
        segments.delete(segment)
        for (const one of split) segments.add(one)
      }
      if (!(await afterPage())) isStopped = true
      if (next === undefined) return []
      if (split.length > 1) return split
    }
    return []
  }
  const run = async (segment: Segment): Promise<void> => {
    const split = await limit(async () => scanSegment(segment)).catch((error: unknown) => {
      isStopped = true
      throw error
    })
    await runAll(split)
  }
  const runAll = async (some: Iterable<Segment>): Promise<void> => {
    const ended = await Promise.allSettled(Array.from(some, run))
    const failed = ended.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }
  await runAll([...segments])
}

/**
 * The rest of a segment after `last`, in parts that are about equal if names are spread evenly behind the common
 * prefix. In a whole bucket they are spread behind the folder of users or of results.
 */
function splitAfter(last: string | undefined, { to }: Segment, { prefix }: ScanPart): Segment[] {
  if (last === undefined || prefix === undefined) return []
  const home = HOME.exec(last.slice(prefix.length))?.[0]
  const places = home === undefined ? [prefix] : [prefix, prefix + home]
  const cuts = places
    .flatMap((place) => SPLIT_AT.map((start) => place + start))
    .filter((cut) => cut > last && (!to || cut < to))
    .toSorted((a, b) => (a < b ? -1 : 1))
  return [last, ...cuts].map((from, index) => {
    const end = cuts[index] ?? to
    return { from, ...(end !== undefined && { to: end }) }
  })
}
