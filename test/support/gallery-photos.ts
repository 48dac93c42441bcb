import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { uploadAsAdmin, writeAnnotations } from './admin.ts'
import { BUCKET } from './app.ts'
import { type GivenPhoto, storedPhoto } from './stored-photos.ts'

/**
 * Stores documents of photos, an hour between each of them, the newest first. They share one file, outside of
 * the upload folder, so they cost no run of the functions.
 */
export async function storePhotos(
  uid: string,
  thumbnail: Uint8Array,
  changes: readonly Partial<Annotation>[],
): Promise<GivenPhoto[]> {
  const path = `users/${uid}/annotations/shared/1/thumbnail.jpg`
  await uploadAsAdmin(path, thumbnail)
  const now = Date.now()
  const photos = changes.map((change, index) =>
    storedPhoto(uid, {
      createdAt: new Date(now - index * 3_600_000),
      image: { width: 1200, height: 800, format: 'jpeg', orientation: 1, sha256: '0' },
      caption: `Photo number ${index}`,
      name: path,
      thumbnail: { path, width: 320, height: 213 },
      ...change,
    }),
  )
  await writeAnnotations(photos)
  return photos
}

/**
 * Stores files in the upload folder with documents that show them at once. The functions will reject the files
 * without a request to the model.
 */
export async function storeDeletable(uid: string, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, index) => `users/${uid}/uploads/unreadable-${index}.jpg`)
  const now = Date.now()
  await writeAnnotations(
    paths.map((name, index) => ({
      imageId: imageIdOf(BUCKET, name),
      annotation: storedPhoto(uid, { name, createdAt: new Date(now + index) }).annotation,
    })),
  )
  for (const path of paths) await uploadAsAdmin(path, Buffer.from('This is no photo.'))
  return paths
}
