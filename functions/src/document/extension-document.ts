import type { AnnotationDocument } from './annotation.ts'

/** What the documents of the replaced extensions hold. */
export type ExtensionShape = { labelMode: '' | 'basic' | 'full'; textDetail: '' | 'basic' | 'full' }

/**
 * A document in the shape of the extensions storage-label-images and storage-extract-image-text. `file` is
 * `gs://bucket/name`. The extensions' annotations also have scores and boxes of words, which the model does not give.
 * https://github.com/GoogleCloudPlatform/firebase-extensions, read 2026-11-30
 */
export type ExtensionDocument = {
  file: string
  labels?: string[] | { description: string }[]
  text?: string | null
  textAnnotations?: { description: string }[]
}

/** @returns undefined while a photo has no description: nothing is known about its labels and its text */
export function extensionDocument(
  annotation: AnnotationDocument,
  { labelMode, textDetail }: ExtensionShape,
): ExtensionDocument | undefined {
  if (annotation.status !== 'succeeded' && annotation.status !== 'partial') return undefined
  const { bucket, name, labels, text } = annotation
  if (labels === undefined || text === undefined) return undefined
  return {
    file: fileOf({ bucket, name }),
    ...(labelMode === 'basic' && { labels }),
    ...(labelMode === 'full' && { labels: labels.map((description) => ({ description })) }),
    ...(textDetail !== '' && textFields(text, textDetail)),
  }
}

/** As in the extension, a photo without text has `text: null` in both modes. */
function textFields(text: string, detail: 'basic' | 'full'): Partial<ExtensionDocument> {
  if (text === '') return { text: null }
  return detail === 'basic' ? { text } : { textAnnotations: [{ description: text }] }
}

export function fileOf({ bucket, name }: { bucket: string; name: string }): string {
  return `gs://${bucket}/${name}`
}
