import type { Annotation } from '../../functions/src/annotations/annotation.ts'

/** An image that a result holds: a stored file, or base64 with `output: 'inline'`. */
export type StoredOrInline = { path?: string | undefined; png?: string | undefined }

/** The URL of an overlay or mask; null if there is none. A mask that came inline as a polygon has no picture. */
export async function pictureUrl(
  picture: StoredOrInline | null | undefined,
  urlOf: (path: string) => Promise<string>,
): Promise<string | null> {
  if (picture?.path !== undefined) return urlOf(picture.path)
  return picture?.png === undefined ? null : `data:image/png;base64,${picture.png}`
}

/** Which stored file shows the photo: the functions' copy of formats that browsers do not show, else the original; null while there is neither. */
export function shownFile(
  annotation: Pick<Annotation, 'status' | 'name' | 'contentType' | 'image' | 'preview'>,
): { of: 'results' | 'uploads'; path: string } | null {
  const { status, name, contentType, image, preview } = annotation
  if (status === 'deleted') return null
  if (preview) return { of: 'results', path: preview.path }
  const isHeif = isHeifType(`image/${image?.format}`) || isHeifType(contentType)
  return isHeif ? null : { of: 'uploads', path: name }
}

/** Whether browsers other than Safari leave the format to others. */
export function isHeifType(contentType: string): boolean {
  return contentType === 'image/heic' || contentType === 'image/heif'
}
