import { type UploadSelection, uploadSelector } from '../document/upload-selection.ts'
import { VisionError } from '../errors.ts'

const BUCKET_URL = /^gs:\/\/([^/]+)\/(.+)$/s
/** https://docs.cloud.google.com/storage/docs/objects#naming, 2026-11 */
const MAX_NAME_BYTES = 1024
/** Another layer may read these as a different name: escaped dots and slashes, backslashes, controls. */
const AMBIGUOUS = /%(?:2e|2f|5c|25)|\\|\p{Cc}/iu

/**
 * The object name of one of the caller's uploads.
 * @param path an object name, or its gs:// URL as the Firebase SDKs return it
 * @throws VisionError `path-not-allowed` for any other path, whether or not the object exists, so that the
 * error reveals nothing about other users' photos
 */
export function ownUpload(
  path: string,
  uid: string,
  { bucket, selection }: { bucket: string; selection: UploadSelection },
): string {
  const url = BUCKET_URL.exec(path)
  if (path.startsWith('gs://') && url?.[1] !== bucket) throw refusal('it names another bucket')
  const name = url?.[2] ?? path
  if (!name.isWellFormed() || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw refusal('it is not a valid object name')
  if (AMBIGUOUS.test(name)) throw refusal('it contains escapes or control characters')
  // The object's own type is checked when it is read.
  const match = uploadSelector(selection)(name, 'image/*')
  if (!match) throw refusal('it is not a photo of UPLOAD_PATH, INCLUDE_PATH_LIST and EXCLUDE_PATH_LIST')
  if (match.owner !== uid) throw refusal("it is not in the caller's folder")
  return name
}

function refusal(found: string): VisionError {
  return new VisionError('path-not-allowed', `Cannot use the path: ${found}`)
}
