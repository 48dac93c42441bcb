import { forEachConcurrently } from '../concurrency.ts'
import type { PhotoVersion } from '../document/annotation.ts'
import { compareGenerations } from '../document/claim.ts'
import type { ModelFileRecord } from '../ports/model-files.ts'
import type { Services } from '../ports/services.ts'

/** More than a photo has: usually one, which both model steps use. */
const MAX_COPIES = 100
const DELETIONS_AT_A_TIME = 4

/** Deleted files of the model service. `left`: those that a sweep must delete, and the last reason. */
export type RemovedCopies = { deleted: number; left: number; failure?: unknown }

/**
 * Deletes the copies of a photo that the model service has, up to this generation. They are marked first, so
 * that a sweep deletes those that could not be deleted now.
 * @throws VisionError `storage-unavailable` if they cannot be listed or marked
 */
export async function removeModelCopies(
  { imageId, generation }: PhotoVersion,
  { modelFiles }: Pick<Services, 'modelFiles'>,
): Promise<RemovedCopies> {
  const { records } = modelFiles
  const copies = (await records.ofPhoto(imageId, MAX_COPIES)).filter(
    ({ photo }) => photo && compareGenerations(photo.generation, generation) <= 0,
  )
  await forEachConcurrently(copies, DELETIONS_AT_A_TIME, async (copy) => records.markToDelete(copy))
  return deleteCopies(copies, { modelFiles })
}

/** Deletes files of the model service and their records. A file that cannot be deleted keeps its record. */
export async function deleteCopies(
  copies: readonly ModelFileRecord[],
  { modelFiles: { records, uploads } }: Pick<Services, 'modelFiles'>,
  hasTime: () => boolean = () => true,
): Promise<RemovedCopies> {
  const removed: RemovedCopies = { deleted: 0, left: 0 }
  await forEachConcurrently(copies, DELETIONS_AT_A_TIME, async (copy) => {
    if (!hasTime()) {
      removed.left++
      return
    }
    try {
      await uploads.remove(copy.uri)
    } catch (failure) {
      removed.left++
      removed.failure = failure
      return
    }
    await records.remove(copy)
    removed.deleted++
  })
  return removed
}
