import type { LimitFunction } from 'p-limit'
import type { Config } from '../config/config.ts'
import { parseResultPath } from '../document/storage-paths.ts'
import type { Services } from '../ports/services.ts'
import type { ListedObject } from '../ports/upkeep.ts'
import type { KnownPhotos } from './known-photos.ts'
import { ownEntries } from './own-photos.ts'
import { referencedFiles } from './referenced-files.ts'
import { deleteOrReport } from './refused-deletions.ts'
import type { SweepReport } from './sweep-report.ts'

/** Documents with their files that are in memory together: a document can have up to 1 MiB. */
const DOCUMENTS = 50

/**
 * Deletes the results among these objects that no document references.
 * @param reading limits the reads of documents at the same time, of one scan
 * @param known receives the generation of each document that was read
 */
export async function deleteOrphans(
  bucket: string,
  objects: ListedObject[],
  reading: LimitFunction,
  known: KnownPhotos,
  services: Services,
  config: Config,
  report: SweepReport,
): Promise<void> {
  const { upkeep } = services
  const isOwn = ownEntries(services, config)
  const results = objects.flatMap((object) => {
    // The documents of foreign results are in another collection: here they would look like orphans.
    const path = object.isForeign ? undefined : parseResultPath(object.name)
    return path ? [{ object, path }] : []
  })
  const photos = [...Map.groupBy(results, ({ path }) => path.imageId)]
  for (let from = 0; from < photos.length; from += DOCUMENTS) {
    const some = photos.slice(from, from + DOCUMENTS)
    const orphans = await reading(async () => {
      // Read after the files were listed, so that a document written in between is seen.
      const entries = await upkeep.annotations.find(
        some.map(([imageId]) => imageId),
        { withFiles: true },
      )
      return some.flatMap(([imageId, files]) => {
        const entry = entries.get(imageId)
        if (!entry) return files
        known.set(imageId, entry.generation)
        // Results of another instance in the same bucket.
        if (!isOwn(entry)) return []
        const referenced = referencedFiles(entry)
        return files.filter(({ path }) => !referenced.has(path))
      })
    })
    for (const { object, path } of orphans) {
      const { imageId, generation } = path
      const isDeleted = await deleteOrReport({ kind: 'results', imageId, generation }, report, async () =>
        upkeep.objects.remove(bucket, object),
      )
      if (isDeleted) report.deletedFiles++
    }
  }
}
