import type { Erasure } from '../api/erasure.ts'
import { forEachConcurrently } from '../concurrency.ts'
import type { Config } from '../config/config.ts'
import { compareGenerations } from '../document/claim.ts'
import { imageIdOf, parseResultPath } from '../document/storage-paths.ts'
import { uploadSelector } from '../document/upload-selection.ts'
import { deleteCopies } from '../pipeline/model-copies.ts'
import type { Services } from '../ports/services.ts'
import type { IndexEntry, ListedObject } from '../ports/upkeep.ts'
import { ownEntries } from './own-photos.ts'
import { modelInputsOfUser, resultsOfUser, type UserFiles, uploadsOfUser } from './user-files.ts'

const DELETED_AT_A_TIME = 16
const DOCUMENTS_PAGE = 500
const MODEL_FILES_PAGE = 200

export type ErasedPage = {
  /** The start of the next page; undefined at the end of the part. */
  cursor: string | undefined
  deleted: Partial<Erasure['deleted']>
}

type ErasePage = (
  erasure: Pick<Erasure, 'uid' | 'requestedAt'>,
  cursor: string | undefined,
  services: Services,
  config: Config,
) => Promise<ErasedPage>

/**
 * The parts of a pass, in this order. Documents come first: their tombstones stop the workers. Results come
 * after the uploads: `detectObjects` stores files and then checks whether the upload still exists. Model
 * files come last, because the model service may be unavailable for hours.
 */
export const ERASURE_PARTS: readonly ErasePage[] = [
  eraseDocuments,
  eraseUploads,
  eraseResults,
  eraseModelInputs,
  eraseUsage,
  eraseModelFiles,
]

/** Replaces the documents of the user by tombstones without an owner, also the tombstones of deleted photos. */
async function eraseDocuments(
  ...[{ uid, requestedAt }, cursor, services, config]: Parameters<ErasePage>
): Promise<ErasedPage> {
  const isOwn = ownEntries(services, config)
  const page = await services.upkeep.annotations.ofOwner(uid, cursor, DOCUMENTS_PAGE)
  const documents = page.filter(
    (entry) => isOwn(entry) && (entry.status === 'deleted' || entry.createdAt <= requestedAt),
  )
  await forEachConcurrently(documents, DELETED_AT_A_TIME, async ({ bucket, imageId, generation }) =>
    bury(bucket, imageId, generation, services),
  )
  return {
    cursor: page.length < DOCUMENTS_PAGE ? undefined : page.at(-1)!.imageId,
    deleted: { documents: documents.length },
  }
}

/** Writes a tombstone for each upload, so that a late event does not annotate it, then deletes the upload. */
async function eraseUploads(
  ...[{ uid, requestedAt }, cursor, services, config]: Parameters<ErasePage>
): Promise<ErasedPage> {
  const { bucket } = services
  const files = uploadsOfUser(uid, config.uploadPath)
  const { objects, next } = await listFiles(bucket, files, cursor, services)
  const uploads = await photosOf(
    objects.filter(({ createdAt }) => createdAt <= requestedAt),
    services,
    config,
  )
  await forEachConcurrently(uploads, DELETED_AT_A_TIME, async (upload) => {
    await bury(bucket, imageIdOf(bucket, upload.name), upload.generation, services)
    await services.upkeep.objects.remove(bucket, upload)
  })
  return { cursor: next, deleted: { photos: uploads.length } }
}

/** Other files of the user, such as documents below `{path=**}`, are not Firesight's to delete. */
async function photosOf(
  objects: ListedObject[],
  { bucket, upkeep }: Services,
  config: Config,
): Promise<ListedObject[]> {
  const isSelected = uploadSelector(config)
  const others = objects.filter(({ name, contentType }) => !isSelected(name, contentType ?? ''))
  const annotated = await upkeep.annotations.find(others.map(({ name }) => imageIdOf(bucket, name)))
  return objects.filter((object) => !others.includes(object) || annotated.has(imageIdOf(bucket, object.name)))
}

async function eraseResults(
  ...[{ uid, requestedAt }, cursor, services, config]: Parameters<ErasePage>
): Promise<ErasedPage> {
  const bucket = config.outputBucket || services.bucket
  const { objects, next } = await listFiles(bucket, resultsOfUser(uid), cursor, services)
  const isOwn = ownEntries(services, config)
  const ids = new Set(objects.map(({ name }) => parseResultPath(name)!.imageId))
  const entries = await services.upkeep.annotations.find([...ids])
  const results = objects.filter((object) => {
    const { imageId, generation } = parseResultPath(object.name)!
    const entry = entries.get(imageId)
    // Another instance shares the bucket of the results.
    if (object.isForeign || (entry && !isOwn(entry))) return false
    return object.createdAt <= requestedAt || isOfErased(generation, entry)
  })
  await deleteFiles(bucket, results, services)
  return { cursor: next, deleted: { files: results.length } }
}

/** A worker that had claimed the photo before its tombstone may have stored results since. */
function isOfErased(generation: string, entry: IndexEntry | undefined): boolean {
  return entry?.status === 'deleted' && compareGenerations(generation, entry.generation) <= 0
}

/** All copies: they are a cache, which the next request fills again. */
async function eraseModelInputs(
  ...[{ uid }, cursor, services, config]: Parameters<ErasePage>
): Promise<ErasedPage> {
  const bucket = config.outputBucket || services.bucket
  const { objects, next } = await listFiles(bucket, modelInputsOfUser(uid), cursor, services)
  await deleteFiles(bucket, objects, services)
  return { cursor: next, deleted: { modelFiles: objects.length } }
}

async function eraseUsage(...[{ uid }, , { quota, now }]: Parameters<ErasePage>): Promise<ErasedPage> {
  await quota.forget(uid, now())
  return { cursor: undefined, deleted: {} }
}

/**
 * The copies with a record. A record stays until the service has deleted its file.
 * @throws the failure of the service, so that a later sweep tries again
 */
async function eraseModelFiles(...[{ uid }, , services]: Parameters<ErasePage>): Promise<ErasedPage> {
  const { records } = services.modelFiles
  const copies = await records.ofOwner(uid, MODEL_FILES_PAGE)
  await forEachConcurrently(copies, DELETED_AT_A_TIME, async (copy) => records.markToDelete(copy))
  const { deleted, left, failure } = await deleteCopies(copies, services)
  if (left > 0) throw failure
  return {
    cursor: copies.length < MODEL_FILES_PAGE ? undefined : 'next',
    deleted: { modelFiles: deleted },
  }
}

/** A tombstone without an owner: it only keeps late events and workers away from this generation. */
async function bury(
  bucket: string,
  imageId: string,
  generation: string,
  { annotations, now }: Services,
): Promise<void> {
  await annotations.remove({ imageId, owner: null, bucket, generation }, now())
}

async function listFiles(
  bucket: string,
  files: UserFiles | undefined,
  cursor: string | undefined,
  { upkeep }: Services,
): Promise<{ objects: ListedObject[]; next: string | undefined }> {
  if (!files) return { objects: [], next: undefined }
  const { objects, nextPageToken } = await upkeep.objects.list(bucket, files.prefix, cursor)
  return { objects: objects.filter(({ name }) => files.has(name)), next: nextPageToken }
}

async function deleteFiles(bucket: string, files: ListedObject[], { upkeep }: Services): Promise<void> {
  await forEachConcurrently(files, DELETED_AT_A_TIME, async (file) => upkeep.objects.remove(bucket, file))
}
