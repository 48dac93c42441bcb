import { invalidField, misconfigured, typeNameOf } from './error.ts'
import type { FiresightOptions } from './settings.ts'

/**
 * The document id of a photo: base64url(sha256(bucket + newline + name)), as in
 * functions/src/document/storage-paths.ts.
 */
export async function imageIdOf(bucket: string, path: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${bucket}\n${path}`))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The fields of an annotation that identify its photo. */
export type AnnotatedPhoto = { name: string; bucket: string }

/** A photo: its id, object name or gs:// URL (as from `ref.toString()`), an upload, or an annotation. */
export type PhotoRef = string | { imageId: string } | { path: string } | AnnotatedPhoto

/** The document id of a photo. Object names refer to the app's bucket. */
export async function idOfPhoto(bucket: () => string, photo: PhotoRef): Promise<string> {
  const path = typeof photo === 'string' ? photo : idOrPath(photo)
  // An id is base64url of 32 bytes. Names of uploads contain slashes.
  if (/^[\w-]{43}$/.test(path)) return path
  const [, urlBucket, name] = /^gs:\/\/([^/]+)\/(.+)$/s.exec(path) ?? []
  return urlBucket && name ? imageIdOf(urlBucket, name) : imageIdOf(bucket(), path)
}

function idOrPath(photo: Exclude<PhotoRef, string>): string {
  if (typeof photo === 'object' && photo !== null) {
    if ('imageId' in photo) return photo.imageId
    if ('path' in photo) return photo.path
    if ('bucket' in photo) return urlOfPhoto(photo)
  }
  throw invalidField(
    'photo',
    `must be an upload, an annotation, a path, a gs:// URL or an id; it is ${typeNameOf(photo)}`,
  )
}

export function urlOfPhoto({ bucket, name }: AnnotatedPhoto): string {
  return `gs://${bucket}/${name}`
}

/** @throws FiresightError `misconfigured` */
export function bucketOf({ app, bucket = app.options.storageBucket }: FiresightOptions): string {
  if (!bucket)
    throw misconfigured(
      'No bucket: set storageBucket in the Firebase config, or pass `bucket` to createFiresight().',
    )
  return bucket
}
