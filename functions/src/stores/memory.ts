import { type Annotation, newAnnotation, tombstone } from '../annotations/annotation.ts'
import { checkLease, compareGenerations, decideClaim } from '../annotations/claim.ts'
import { VisionError } from '../errors.ts'
import type { AnnotationStore } from './annotation-store.ts'
import type { PhotoStore } from './photo-store.ts'

/** Annotations in memory, for tests and for trying things out. */
export function memoryAnnotations(): AnnotationStore & { documents: Map<string, Annotation> } {
  const documents = new Map<string, Annotation>()
  return {
    documents,
    async claim(photo, lease, now) {
      const existing = documents.get(photo.imageId)
      const decision = decideClaim(existing, photo, now)
      if (decision !== 'start' && decision !== 'resume') return { decision }
      const annotation: Annotation =
        decision === 'resume' && existing
          ? { ...existing, lease, attempts: existing.attempts + 1, updatedAt: now }
          : newAnnotation(photo, lease, now)
      documents.set(photo.imageId, annotation)
      return { decision, annotation, replaces: decision === 'start' ? existing?.generation : undefined }
    },
    async update(photo, token, changes, now) {
      const existing = documents.get(photo.imageId)
      const lease = checkLease(existing, photo, token)
      if (lease !== 'held') return lease
      const changed = Object.entries({ ...existing, ...changes, updatedAt: now }).filter(
        ([, value]) => value !== undefined,
      )
      documents.set(photo.imageId, Object.fromEntries(changed) as Annotation)
      return 'written'
    },
    async remove(photo, now) {
      const existing = documents.get(photo.imageId)
      if (existing && compareGenerations(existing.generation, photo.generation) > 0) return undefined
      documents.set(photo.imageId, tombstone(photo, now, existing?.createdAt))
      return existing?.generation
    },
  }
}

type StoredFile = { bytes: Buffer; contentType: string; generation: string }

/** Photos and results in memory; keys are object names. */
export function memoryPhotos(): PhotoStore & { files: Map<string, StoredFile> } {
  const files = new Map<string, StoredFile>()
  return {
    files,
    async read(photo) {
      const file = files.get(photo.name)
      if (!file)
        throw new VisionError('object-gone', `Cannot read ${photo.imageId}: the object does not exist`)
      if (file.generation !== photo.generation) {
        throw new VisionError(
          'object-superseded',
          `Cannot read ${photo.imageId}: generation ${file.generation} took its place`,
        )
      }
      return file.bytes
    },
    async write(_photo, path, bytes, contentType) {
      files.set(path, { bytes, contentType, generation: '1' })
    },
    async deleteFolder(_photo, folder) {
      for (const path of files.keys()) if (path.startsWith(folder)) files.delete(path)
    },
  }
}
