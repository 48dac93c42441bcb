import type { Annotation } from '../../functions/src/document/annotation.ts'
import type { Box } from '../../functions/src/document/box.ts'
import { FiresightError } from './error.ts'

/** An image of a result: a stored file, or base64 with `output: 'inline'`. */
export type StoredOrInline = { path?: string | undefined; png?: string | undefined }

/**
 * An object with its mask, which may be a polygon instead of an image. Coordinates are pixels of the upright
 * image.
 */
export type MaskedObject = {
  mask: (StoredOrInline & { polygon?: number[] | undefined }) | null
  box: Box
}

/** The URL of an overlay or mask image; null if there is none. */
export async function pictureUrl(
  picture: StoredOrInline | null | undefined,
  urlOf: (path: string) => Promise<string>,
): Promise<string | null> {
  if (picture?.path !== undefined) return urlOf(picture.path)
  return picture?.png === undefined ? null : `data:image/png;base64,${picture.png}`
}

/**
 * A polygon mask as an SVG of the size of the box, white on black, like the mask that the functions would
 * store.
 */
export function polygonUrl({ mask, box: { x, y, width, height } }: MaskedObject): string | null {
  if (!mask?.polygon) return null
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}" shape-rendering="crispEdges">` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>` +
    `<polygon fill="#fff" fill-rule="evenodd" points="${mask.polygon.join(' ')}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/**
 * The stored file to show: the JPEG copy if there is one, else the original; null if it is HEIC or HEIF and
 * the browser cannot show it.
 */
export function displayFile(
  annotation: Pick<Annotation, 'name' | 'contentType' | 'image' | 'preview'>,
  canShowHeif: boolean,
): { of: 'results' | 'uploads'; path: string } | null {
  const { name, preview } = annotation
  if (preview) return { of: 'results', path: preview.path }
  return isHeif(annotation) && !canShowHeif ? null : { of: 'uploads', path: name }
}

export function isHeif({ image, contentType }: Pick<Annotation, 'image' | 'contentType'>): boolean {
  return isHeifType(`image/${image?.format}`) || isHeifType(contentType)
}

/** Whether the format is HEIC or HEIF, which only Safari can show. */
export function isHeifType(contentType: string): boolean {
  return contentType === 'image/heic' || contentType === 'image/heif'
}

/** Older functions, used again after a rollback, delete thumbnails. */
export function nullIfNotFound(error: unknown): null {
  if (error instanceof FiresightError && error.code === 'not-found') return null
  throw error
}
