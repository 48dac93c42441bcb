import { onInit } from 'firebase-functions'
import { onObjectDeleted, onObjectFinalized } from 'firebase-functions/storage'
import { handleImageDeleted } from './handlers/image-deleted.ts'
import { handleImageUploaded } from './handlers/image-uploaded.ts'
import { DELETE_OPTIONS, UPLOAD_OPTIONS } from './handlers/limits.ts'
import { readConfig } from './params.ts'

// A configuration that cannot work is refused when an instance starts, before it has cost anything.
onInit(() => {
  readConfig()
})

/** Annotates each photo that is uploaded. */
export const onImageUploaded = onObjectFinalized(UPLOAD_OPTIONS, handleImageUploaded)

/** Removes the results of each photo that is deleted. */
export const onImageDeleted = onObjectDeleted(DELETE_OPTIONS, handleImageDeleted)
