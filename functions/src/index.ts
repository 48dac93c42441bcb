import { onInit } from 'firebase-functions/core'
import { onObjectDeleted, onObjectFinalized } from 'firebase-functions/storage'
import { DELETE_OPTIONS, UPLOAD_OPTIONS } from './handlers/limits.ts'

// An instance can take events once this file has loaded. So it loads only what declares a function: of the SDK the providers used,
// never the whole, and each handler with its first event. See docs/decisions/2026-11-22-deployed-bundle.md.

// A configuration that cannot work is refused with the first event, before it has cost anything.
onInit(async () => {
  const { readConfig } = await import('./read-config.ts')
  readConfig()
})

/** Annotates each photo that is uploaded. */
export const onImageUploaded = onObjectFinalized(UPLOAD_OPTIONS, async (event) => {
  const { handleImageUploaded } = await import('./handlers/image-uploaded.ts')
  await handleImageUploaded(event)
})

/** Removes the results of each photo that is deleted. */
export const onImageDeleted = onObjectDeleted(DELETE_OPTIONS, async (event) => {
  const { handleImageDeleted } = await import('./handlers/image-deleted.ts')
  await handleImageDeleted(event)
})
