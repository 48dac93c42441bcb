import type { FileMetadata, Storage } from '@google-cloud/storage'
import type { NameRange, ObjectLister } from '../../ports/upkeep.ts'
import { toCloudStorage } from './cloud-storage-failure.ts'
import { hasMark, type ResultMark } from './result-mark.ts'

/** The maximum. https://docs.cloud.google.com/storage/docs/json_api/v1/objects/list, 2026-11 */
const PAGE = 1000
/** The whole metadata would be about four times as long, and a scan lists millions of objects. */
const FIELDS = 'items(name,generation,timeCreated,contentType,metadata),nextPageToken'

/** Lists objects in Cloud Storage. @param mark of own results (`resultMark`) */
export function cloudStorageObjectLister(storage: Storage, mark?: ResultMark): ObjectLister {
  return {
    async list(bucket, prefix, pageToken, range) {
      const query = {
        prefix,
        maxResults: PAGE,
        autoPaginate: false,
        fields: FIELDS,
        ...(pageToken && { pageToken }),
        ...(range?.from && { startOffset: range.from }),
        ...(range?.to && { endOffset: range.to }),
      }
      const answer = await toCloudStorage('list objects', async () => storage.bucket(bucket).getFiles(query))
      if (!answer) throw new Error('Cannot list objects: the bucket does not exist')
      const [files, next] = answer
      // With `fields`, the client returns the items of the response, although its type says File.
      const items = files as unknown as (FileMetadata & { name: string })[]
      return {
        objects: items
          .filter(({ name }) => isWithin(name, range))
          .map((item) => ({
            name: item.name,
            generation: String(item.generation),
            createdAt: new Date(String(item.timeCreated)),
            contentType: item.contentType,
            isForeign: !hasMark(item, mark),
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

/** The emulator ignores `startOffset` and `endOffset`. */
function isWithin(name: string, range: NameRange | undefined): boolean {
  if (!range) return true
  const bytes = Buffer.from(name)
  const { from, to } = range
  if (from !== undefined && bytes.compare(Buffer.from(from)) < 0) return false
  return to === undefined || bytes.compare(Buffer.from(to)) < 0
}
