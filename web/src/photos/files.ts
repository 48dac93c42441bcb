import { deleteObject, type FirebaseStorage, getDownloadURL, ref, StorageError } from 'firebase/storage'

const urls = new Map<string, Promise<string>>()

/**
 * A URL for `<img>`. Unlike reading the bytes, this needs no CORS configuration of the bucket.
 * https://firebase.google.com/docs/storage/web/download-files
 */
export function fileUrl(storage: FirebaseStorage, path: string): Promise<string> {
  const known = urls.get(path)
  if (known) return known
  const url = getDownloadURL(ref(storage, path))
  urls.set(path, url)
  url.catch(() => urls.delete(path))
  return url
}

/** Deletes an upload; the functions then remove its results. One that is gone already is fine. */
export async function deleteUpload(storage: FirebaseStorage, name: string): Promise<void> {
  try {
    await deleteObject(ref(storage, name))
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'storage/object-not-found')) throw error
  }
}
