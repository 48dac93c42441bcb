import { forEachConcurrently } from '../concurrency.ts'
import { removeAnnotation } from '../pipeline/annotate-image.ts'
import type { IndexEntry } from '../ports/annotation-index.ts'
import type { Services } from '../ports/services.ts'
import { photoOfEntry } from './photo-of-entry.ts'
import type { SweepReport } from './sweep-report.ts'

const PAGE = 200
/** Looked up side by side. */
const LOOKUPS = 10

/** One page of documents: those of photos that are gone without anybody having told are removed. */
export async function walkDocuments(
  cursor: string | undefined,
  services: Services,
  report: SweepReport,
): Promise<string | undefined> {
  const page = await services.upkeep.annotations.after(cursor, PAGE)
  const live = page.filter(({ status, bucket }) => status !== 'deleted' && bucket === services.bucket)
  await forEachConcurrently(live, LOOKUPS, async (entry) => lookUp(entry, services, report))
  return page.length < PAGE ? undefined : page.at(-1)!.imageId
}

async function lookUp(entry: IndexEntry, services: Services, report: SweepReport): Promise<void> {
  const { bucket, name, owner } = entry
  if (await services.photos.findUpload(bucket, name, owner)) return
  // A newer upload that came since then keeps its own: the document's generation is removed, and none above it.
  await removeAnnotation(photoOfEntry(entry), services)
  report.removed++
}
