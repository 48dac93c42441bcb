import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import type { Photo } from '../document/annotation.ts'
import { removeAnnotation } from '../pipeline/annotate-image.ts'
import type { Services } from '../ports/services.ts'
import type { LiveEntry } from '../ports/upkeep.ts'
import { ownPhotos } from './own-photos.ts'
import { deleteOrReport } from './refused-deletions.ts'
import type { PageEnd, Segment } from './scan-segments.ts'
import type { SweepReport } from './sweep-report.ts'

const PAGE = 200
/** Of one segment. The work of one processor for the segments of a scan together. */
const LOOKUPS_AT_A_TIME = 10

/** Scans one page of documents: removes own ones whose photo was deleted without an event. */
export async function scanDocuments(
  { from, to }: Segment,
  cursor: string | undefined,
  services: Services,
  config: Config,
  report: SweepReport,
): Promise<PageEnd> {
  const page = await services.upkeep.annotations.after(cursor ?? from, PAGE, to)
  const live = page.filter((entry) => entry.status !== 'deleted')
  const own = live.filter(ownPhotos(services, config))
  await forEachConcurrently(own, LOOKUPS_AT_A_TIME, async (entry) => lookUp(entry, services, report))
  const last = page.at(-1)?.imageId
  return { last, ...(page.length === PAGE && { next: last, resumeAt: last }) }
}

async function lookUp(entry: LiveEntry, services: Services, report: SweepReport): Promise<void> {
  const { bucket, name, owner, imageId, generation } = entry
  if (await services.photos.findUpload(bucket, name, owner)) return
  const isRemoved = await deleteOrReport({ kind: 'results', imageId, generation }, report, async () =>
    removeDeletedPhoto(entry, services),
  )
  if (isRemoved) report.removed++
}

/** Removes the results of the document's generation. Those of a newer upload stay. */
export async function removeDeletedPhoto(entry: LiveEntry, services: Services): Promise<Photo> {
  const { imageId, owner, bucket, name, generation, contentType, sizeBytes } = entry
  const photo = { imageId, owner, bucket, name, generation, contentType, sizeBytes }
  await removeAnnotation(photo, services)
  return photo
}
