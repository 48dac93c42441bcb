import type { FirebaseApp } from 'firebase/app'
import {
  connectStorageEmulator,
  deleteObject,
  type FirebaseStorage,
  getBytes,
  getDownloadURL,
  getStorage,
  ref,
} from 'firebase/storage'
import { toFiresightError } from './firebase-error.ts'
import { hostAndPort } from './settings.ts'

export type Files = {
  storage: FirebaseStorage
  /** The download URL of a file in the upload bucket. */
  urlOf(path: string): Promise<string>
  /** The download URL of a file in the result bucket. */
  resultUrlOf(path: string): Promise<string>
  /** The content of a text file in the result bucket. */
  readResult(path: string): Promise<string>
  remove(path: string): Promise<void>
}

type Buckets = { bucket: string | undefined; outputBucket: string | undefined }

export function openFiles(app: FirebaseApp, buckets: Buckets, emulator: string | undefined): Files {
  const open = (bucket: string | undefined) => {
    const storage = bucket === undefined ? getStorage(app) : getStorage(app, `gs://${bucket}`)
    if (emulator) connectStorageEmulator(storage, ...hostAndPort(emulator))
    return storage
  }
  const storage = open(buckets.bucket)
  const results = buckets.outputBucket === undefined ? storage : open(buckets.outputBucket)
  return {
    storage,
    urlOf: cached(async (path) => getDownloadURL(ref(storage, path))),
    resultUrlOf: cached(async (path) => getDownloadURL(ref(results, path))),
    readResult: async (path) => new TextDecoder().decode(await getBytes(ref(results, path))),
    async remove(path) {
      try {
        await deleteObject(ref(storage, path))
      } catch (error) {
        const failure = toFiresightError(error)
        if (failure.code !== 'not-found') throw failure
      }
    },
  }
}

/** Requests each URL once: a download URL does not change while the file exists. */
function cached(request: (path: string) => Promise<string>): (path: string) => Promise<string> {
  const urls = new Map<string, Promise<string>>()
  return (path) => {
    const known = urls.get(path)
    if (known) return known
    const url = request(path).catch((error: unknown): never => {
      urls.delete(path)
      throw toFiresightError(error)
    })
    urls.set(path, url)
    return url
  }
}
