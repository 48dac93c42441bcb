import { StorageRefusal } from '../errors.ts'
import type { RefusedDeletion, SweepReport } from './sweep-report.ts'

/** Refused deletions that a report describes. Further ones are only counted. */
const MAX_DESCRIBED = 20

/**
 * Deletes a file, or all files of a photo. A refusal, because of a hold for example, is reported and does not
 * stop the scan: a later scan tries again.
 * @returns whether they are deleted
 * @throws transient failures: the next sweep repeats the page
 */
export async function deleteOrReport(
  photo: Omit<RefusedDeletion, 'reason'>,
  report: SweepReport,
  remove: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await remove()
    return true
  } catch (error) {
    if (!(error instanceof StorageRefusal)) throw error
    report.notDeleted++
    report.refused ??= []
    const { kind, imageId, generation } = photo
    if (report.refused.length < MAX_DESCRIBED) {
      report.refused.push({ kind, imageId, generation, reason: error.message })
    }
    return false
  }
}

/** The failure that ends a sweep visibly after it has completed its other work. */
export function refusalOf({ notDeleted, refused = [] }: SweepReport): StorageRefusal | undefined {
  if (notDeleted === 0) return undefined
  const photos = refused.map(
    ({ kind, imageId, generation, reason }) => `${kind} of ${imageId}, generation ${generation}: ${reason}`,
  )
  const described = notDeleted > photos.length ? `, the first ${photos.length}` : ''
  return new StorageRefusal(`Cloud Storage refused ${notDeleted} deletions${described}: ${photos.join('; ')}`)
}
