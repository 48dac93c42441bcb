import type { Storage } from '@google-cloud/storage'
import type { ObjectLister } from '../../ports/upkeep.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'
import { hasMark, type ResultMark } from './result-mark.ts'

/** The maximum. https://docs.cloud.google.com/storage/docs/json_api/v1/objects/list, 2026-11 */
const PAGE = 1000

/** Lists objects in Cloud Storage. @param mark of own results (`resultMark`) */
export function cloudStorageObjectLister(storage: Storage, mark?: ResultMark): ObjectLister {
  return {
    async list(bucket, prefix, pageToken) {
      const query = { prefix, maxResults: PAGE, autoPaginate: false, ...(pageToken && { pageToken }) }
      const answer = await toCloudStorage('list objects', async () => storage.bucket(bucket).getFiles(query))
      if (!answer) throw new Error('Cannot list objects: the bucket does not exist')
      const [files, next] = answer
      return {
        objects: files.map(({ name, metadata }) => ({
          name,
          generation: String(metadata.generation),
          createdAt: new Date(String(metadata.timeCreated)),
          contentType: metadata.contentType,
          isForeign: !hasMark(metadata, mark),
        })),
        nextPageToken: (next as { pageToken?: string } | null)?.pageToken,
      }
    },

    async remove(bucket, { name, generation }) {
      const options = { ifGenerationMatch: generation, ignoreNotFound: true }
      await toCloudStorage(
        'delete an object',
        async () => storage.bucket(bucket).file(name).delete(options),
        [412],
      )
    },
  }
}
