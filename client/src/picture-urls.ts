import type { Annotation } from '../../functions/src/document/annotation.ts'
import type { Box } from '../../functions/src/document/box.ts'

/** An image that a result holds: a stored file, or base64 with `output: 'inline'`. */
export type StoredOrInline = { path?: string | undefined; png?: string | undefined }

/** A mask with what may come in place of a picture, and where it lies: pixels of the image. */
export type MaskedObject = {
  mask: (StoredOrInline & { polygon?: number[] | undefined }) | null
  box: Box
}

/** The URL of an overlay or mask; null if there is none. */
export async function pictureUrl(
  picture: StoredOrInline | null | undefined,
  urlOf: (path: string) => Promise<string>,
): Promise<string | null> {
  if (picture?.path !== undefined) return urlOf(picture.path)
  return picture?.png === undefined ? null : `data:image/png;base64,${picture.png}`
}

/** An outline as the picture that the functions would store: of the box's size, the inside white, the rest black. */
export function outlineUrl({ mask, box: { x, y, width, height } }: MaskedObject): string | null {
  if (!mask?.polygon) return null
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}" shape-rendering="crispEdges">` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>` +
    `<polygon fill="#fff" fill-rule="evenodd" points="${mask.polygon.join(' ')}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
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
