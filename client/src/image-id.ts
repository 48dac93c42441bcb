import { kindOf, wrongField } from './error.ts'

/** The id of a photo's document: base64url(sha256(bucket, newline, name)), as in functions/src/upload-path.ts. */
export async function imageIdOf(bucket: string, path: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${bucket}\n${path}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** An annotation names the photo that it is of, and the bucket that it is in. */
export type AnnotatedPhoto = { name: string; bucket: string }

/** A photo by its id, by its object name, by the gs:// URL that `ref.toString()` gives, as `upload()` gives it, or by its annotation. */
export type PhotoRef = string | { imageId: string } | { path: string } | AnnotatedPhoto

/** The document id of a photo in the app's bucket. */
export async function idOfPhoto(bucket: () => string, photo: PhotoRef): Promise<string> {
  const path = typeof photo === 'string' ? photo : idOrPath(photo)
  // base64url of 32 bytes; the names of uploads have slashes.
  if (/^[\w-]{43}$/.test(path)) return path
  const [, named, name] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(path) ?? []
  return named && name ? imageIdOf(named, name) : imageIdOf(bucket(), path)
}

function idOrPath(photo: Exclude<PhotoRef, string>): string {
  if (typeof photo === 'object' && photo !== null) {
    if ('imageId' in photo) return photo.imageId
    if ('path' in photo) return photo.path
    if ('bucket' in photo) return urlOfPhoto(photo)
  }
  throw wrongField(
    'photo',
    `must be an upload, an annotation, a path, a gs:// URL or an id; it is ${kindOf(photo)}`,
  )
}

export function urlOfPhoto({ bucket, name }: AnnotatedPhoto): string {
  return `gs://${bucket}/${name}`
}
