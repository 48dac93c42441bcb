// index.ts loads this file only with COLLECTION_PATH: `firebase-functions/firestore` loads all of Firestore, for
// which no other cold start should wait.
import { type DocumentOptions, onDocumentWritten } from 'firebase-functions/firestore'

/** Declares the function that copies each annotation to COLLECTION_PATH. */
export function declareAnnotationWritten(options: DocumentOptions<'{collection}/{imageId}'>) {
  return onDocumentWritten(options, async (event) => {
    const { handleAnnotationWritten } = await import('./triggers/annotation-written.ts')
    await handleAnnotationWritten(event)
  })
}
