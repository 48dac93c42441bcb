import type { User } from './app.ts'

/** Uploads a photo and waits for the final state of its document. */
export async function annotatePhoto(user: User, fileName: string, bytes: Uint8Array, contentType?: string) {
  const path = await user.upload(fileName, bytes, contentType)
  return { path, ...(await user.annotated(path)) }
}
