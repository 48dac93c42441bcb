import { removeAnnotation } from '../annotate-image.ts'
import { compareGenerations } from '../annotations/claim.ts'
import type { Services } from '../services.ts'
import type { CensusEntry } from '../stores/annotation-census.ts'
import { photoOfEntry } from './photo-of-entry.ts'
import { queuePhoto } from './queue-photo.ts'
import type { SweepReport } from './sweep-report.ts'
import type { Upkeep } from './upkeep.ts'

const PAGE = 200
/** Looked up side by side. */
const LOOKUPS = 10

/** One page of documents: what became of a photo whose deletion or overwriting nobody told is found here. */
export async function walkDocuments(
  cursor: string | undefined,
  services: Services,
  report: SweepReport,
): Promise<string | undefined> {
  const page = await services.upkeep.annotations.after(cursor, PAGE)
  const live = page.filter(({ status, bucket }) => status !== 'deleted' && bucket === services.bucket)
  for (let from = 0; from < live.length; from += LOOKUPS) {
    const looked = await Promise.allSettled(
      live.slice(from, from + LOOKUPS).map((entry) => lookUp(entry, services, report)),
    )
    for (const look of looked) if (look.status === 'rejected') throw look.reason
  }
  return page.length < PAGE ? undefined : page.at(-1)!.imageId
}

async function lookUp(entry: CensusEntry, services: Services, report: SweepReport): Promise<void> {
  const { bucket, name, owner, generation } = entry
  const upload = await services.photos.findUpload(bucket, name, owner)
  if (!upload) {
    // A newer upload that came since then keeps its own: the document's generation is removed, and none above it.
    await removeAnnotation(photoOfEntry(entry), services)
    report.removed++
  } else if (compareGenerations(upload.generation, generation) > 0) {
    await queuePhoto(upload, 'upload', services.now(), services.upkeep, report, 'queued')
  }
}
