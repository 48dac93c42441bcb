import { compareGenerations } from '../document/claim.ts'
import { deleteCopies } from '../pipeline/model-copies.ts'
import type { Services } from '../ports/services.ts'
import type { IndexEntry } from '../ports/upkeep.ts'
import type { PageEnd } from './scan-segments.ts'
import type { SweepReport } from './sweep-report.ts'

/** Files that one sweep deletes at most. The next sweep deletes more. */
const MAX_DELETED = 500
/** The share of a sweep, so that a slow model service does not use up its time. */
const DELETION_MS = 60_000
const PAGE = 200

/** Deletes files of the model service that are marked to delete, for example while it was unavailable. */
export async function deleteMarkedCopies(
  services: Services,
  report: SweepReport,
  hasTime: () => boolean,
): Promise<void> {
  const marked = await services.modelFiles.records.marked(MAX_DELETED)
  const stopAt = performance.now() + DELETION_MS
  const isInTime = () => hasTime() && performance.now() < stopAt
  const { deleted, left } = await deleteCopies(marked, services, isInTime)
  report.deletedCopies += deleted
  report.copiesLeft += left
}

/**
 * Scans one page of records of model files: marks copies of deleted and of replaced photos. A worker or a
 * call that was still running when its photo was deleted may have uploaded one.
 */
export async function scanModelFiles(
  cursor: string | undefined,
  { modelFiles: { records }, upkeep }: Services,
): Promise<PageEnd> {
  const page = await records.after(cursor, PAGE)
  const ids = page.flatMap(({ photo, toDelete }) => (photo && !toDelete ? [photo.imageId] : []))
  const entries = await upkeep.annotations.find([...new Set(ids)])
  for (const { key, uri, photo, toDelete } of page) {
    const entry = photo && entries.get(photo.imageId)
    if (entry && !toDelete && isGone(photo.generation, entry)) await records.markToDelete({ key, uri })
  }
  const last = page.at(-1)?.key
  return page.length < PAGE ? {} : { next: last, resumeAt: last }
}

function isGone(generation: string, entry: IndexEntry): boolean {
  const order = compareGenerations(generation, entry.generation)
  return order < 0 || (order === 0 && entry.status === 'deleted')
}
