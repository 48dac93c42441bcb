import { uploadPattern } from '../document/storage-paths.ts'
import { VisionError } from '../errors.ts'

const BUCKET_URL = /^gs:\/\/([^/]+)\/(.+)$/s
/** https://docs.cloud.google.com/storage/docs/objects#naming, 2026-11 */
const MAX_NAME_BYTES = 1024
/** What makes a name mean another one somewhere on its way: escapes of dots, slashes and backslashes; backslashes; controls. */
const DOUBLE_MEANING = /%(?:2e|2f|5c|25)|\\|\p{Cc}/iu

/**
 * The object name of an upload of the caller.
 * @param path an object name, or the gs:// URL that the Firebase SDKs give of it
 * @throws VisionError `path-not-allowed` for anything else, whether or not there is such an object: the answer tells nothing about
 * other users' photos
 */
export function ownUpload(
  path: string,
  uid: string,
  { bucket, uploadPath }: { bucket: string; uploadPath: string },
): string {
  const url = BUCKET_URL.exec(path)
  if (path.startsWith('gs://') && url?.[1] !== bucket) throw refusal('it names another bucket')
  const name = url?.[2] ?? path
  if (!name.isWellFormed() || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw refusal('it can be no name of an object')
  if (DOUBLE_MEANING.test(name)) throw refusal('it holds escapes or control characters')
  const match = uploadPattern(uploadPath)(name)
  if (!match) throw refusal('it does not match UPLOAD_PATH')
  if (match.owner !== uid) throw refusal("it is not in the caller's folder")
  return name
}

function refusal(found: string): VisionError {
  return new VisionError('path-not-allowed', `Cannot use the path: ${found}`)
}
