import { type Annotation, type AnnotationDocument, errorOf, type Photo } from '../../document/annotation.ts'
import {
  checkLease,
  claimedAnnotation,
  decideClaim,
  isGranted,
  isToDelete,
  replacedOnRemoval,
} from '../../document/claim.ts'
import { tombstone } from '../../document/new-annotation.ts'
import { imageIdOf, resultPaths } from '../../document/storage-paths.ts'
import { VisionError } from '../../errors.ts'
import type { AnnotationStore } from '../../ports/annotation-store.ts'
import type { PhotoStore } from '../../ports/photo-store.ts'

/**
 * Annotations in memory, for tests and local trials. `documents` also contains tombstones: tests read them as
 * annotations whose fields are missing.
 */
export function memoryAnnotations(): AnnotationStore & { documents: Map<string, Annotation> } {
  const documents = new Map<string, Annotation>()
  return {
    documents,
    async claim(photo, lease, now, again) {
      const existing: AnnotationDocument | undefined = documents.get(photo.imageId)
      const decision = decideClaim(existing, photo, lease, now, again)
      if (!isGranted(decision)) return { decision, error: errorOf(existing) }
      const annotation = claimedAnnotation(decision, existing, photo, lease, now)
      documents.set(photo.imageId, annotation)
      return { decision, annotation, isFirst: !existing }
    },
    async update(photo, token, changes, now) {
      const existing: AnnotationDocument | undefined = documents.get(photo.imageId)
      const lease = checkLease(existing, photo, token)
      if (lease !== 'held') return lease
      const changed = Object.entries({ ...existing, ...changes, updatedAt: now }).filter(
        ([, value]) => value !== undefined,
      )
      documents.set(photo.imageId, Object.fromEntries(changed) as Annotation)
      return 'written'
    },
    async remove(photo, now) {
      const existing: AnnotationDocument | undefined = documents.get(photo.imageId)
      if (!replacedOnRemoval(existing, photo)) return
      documents.set(photo.imageId, tombstone(photo, now, existing?.createdAt) as unknown as Annotation)
    },
  }
}

type StoredFile = { bytes: Buffer; contentType: string; generation: string; createdAt?: Date }

/** Photos and results in memory; keys are object names. */
export function memoryPhotos(): PhotoStore & { files: Map<string, StoredFile> } {
  const files = new Map<string, StoredFile>()
  async function readUpload(photo: Photo): Promise<Buffer> {
    const file = files.get(photo.name)
    if (!file) {
      throw new VisionError('object-gone', `Cannot read ${photo.imageId}: the object does not exist`)
    }
    if (file.generation !== photo.generation) {
      const message = `Cannot read ${photo.imageId}: generation ${file.generation} replaced ${photo.generation}`
      throw new VisionError('object-superseded', message)
    }
    return file.bytes
  }
  function find(bucket: string, name: string, owner: string | null): Photo | undefined {
    const file = files.get(name)
    if (!file) return undefined
    const { contentType, generation, bytes } = file
    const imageId = imageIdOf(bucket, name)
    return { imageId, owner, bucket, name, generation, contentType, sizeBytes: bytes.length }
  }
  return {
    files,
    readUpload,
    findUpload: async (...given) => find(...given),
    async readLive({ bucket, name, owner }) {
      const photo = find(bucket, name, owner)
      return photo && { photo, bytes: await readUpload(photo) }
    },
    async readResult(_photo, path) {
      return files.get(path)?.bytes
    },
    async writeResult(_photo, path, bytes, contentType) {
      files.set(path, { bytes, contentType, generation: '1' })
    },
    async deleteResults(photo, which) {
      const { home } = resultPaths(photo)
      for (const path of files.keys()) {
        if (path.startsWith(home) && isToDelete(path.slice(home.length), photo, which)) files.delete(path)
      }
    },
  }
}
