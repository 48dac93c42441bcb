import { ref, type UploadTask, uploadBytesResumable } from 'firebase/storage'
import type { Connection } from '../firebase.ts'
import type { Accepted } from './accept.ts'
import { imageIdOf } from './image-id.ts'

export type StartedUpload = { imageId: string; name: string; task: UploadTask }

/** Starts to upload a photo into its owner's folder, under a name that nobody can guess. */
export async function startUpload(
  { uid, bucket, storage }: Connection,
  bytes: Blob,
  { contentType, ending }: Accepted,
): Promise<StartedUpload> {
  const name = `users/${uid}/uploads/${crypto.randomUUID()}.${ending}`
  const task = uploadBytesResumable(ref(storage, name), bytes, {
    contentType,
    // A name is never written twice, so its bytes never change.
    cacheControl: 'private, max-age=31536000, immutable',
  })
  return { imageId: await imageIdOf(bucket, name), name, task }
}
