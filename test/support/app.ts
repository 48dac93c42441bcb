import { randomUUID } from 'node:crypto'
import { deleteApp, initializeApp } from 'firebase/app'
import { connectAuthEmulator, getAuth, signInAnonymously } from 'firebase/auth'
import { connectFirestoreEmulator, doc, getFirestore, onSnapshot, terminate } from 'firebase/firestore'
import {
  connectStorageEmulator,
  deleteObject,
  getBytes,
  getStorage,
  ref,
  uploadBytes,
} from 'firebase/storage'
import type { Annotation, Status } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'

export const PROJECT = 'demo-firesight'
export const BUCKET = 'demo-firesight.appspot.com'

/** An address of the running emulators, as host and port. */
export function emulator(variable: string): { host: string; port: number; url: string } {
  const value = process.env[variable]
  if (!value)
    throw new Error(`${variable} is not set: run this inside \`npm run emulators:exec -- "<command>"\``)
  const [host = '', port = ''] = value.replace(/^http:\/\//, '').split(':')
  return { host, port: Number(port), url: `http://${host}:${port}` }
}

/** A signed-in user of the app, with the public Firebase SDK and its rights only. */
export async function signIn() {
  const app = initializeApp(
    { projectId: PROJECT, apiKey: 'fake-api-key', storageBucket: BUCKET },
    randomUUID(),
  )
  const auth = getAuth(app)
  connectAuthEmulator(auth, emulator('FIREBASE_AUTH_EMULATOR_HOST').url, { disableWarnings: true })
  const firestore = getFirestore(app)
  const { host, port } = emulator('FIRESTORE_EMULATOR_HOST')
  connectFirestoreEmulator(firestore, host, port)
  const storage = getStorage(app)
  const storageHost = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  connectStorageEmulator(storage, storageHost.host, storageHost.port)
  const { user } = await signInAnonymously(auth)

  return {
    app,
    firestore,
    storage,
    uid: user.uid,
    pathOf: (fileName: string) => `users/${user.uid}/uploads/${fileName}`,
    async upload(fileName: string, bytes: Uint8Array, contentType = 'image/jpeg'): Promise<string> {
      const path = `users/${user.uid}/uploads/${fileName}`
      await uploadBytes(ref(storage, path), bytes, { contentType })
      return path
    },
    async download(path: string): Promise<Buffer> {
      return Buffer.from(await getBytes(ref(storage, path)))
    },
    async remove(path: string): Promise<void> {
      await deleteObject(ref(storage, path))
    },
    /** Watches the document as the page does, until its status is one of `statuses`. */
    async annotated(
      path: string,
      ...statuses: Status[]
    ): Promise<{ annotation: Annotation; seen: Status[] }> {
      const wanted = new Set<Status>(statuses.length > 0 ? statuses : ENDED)
      const seen: Status[] = []
      let stop = () => {}
      const annotation = await new Promise<Annotation>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${path} was ${seen.join(', ') || 'not seen'} after ${PATIENCE_MS} ms`)),
          PATIENCE_MS,
        )
        const unsubscribe = onSnapshot(
          doc(firestore, 'images', imageIdOf(BUCKET, path)),
          // Without this, the listener reports an unchanged document from the cache only.
          { includeMetadataChanges: true },
          (snapshot) => {
            const data = snapshot.data() as Annotation | undefined
            // The client's cache may hold the document of an older upload.
            if (snapshot.metadata.fromCache) return
            if (data && seen.at(-1) !== data.status) seen.push(data.status)
            if (data && wanted.has(data.status)) resolve(data)
          },
          reject,
        )
        stop = () => {
          clearTimeout(timer)
          unsubscribe()
        }
      }).finally(() => stop())
      return { annotation, seen }
    },
    async close(): Promise<void> {
      await terminate(firestore)
      await deleteApp(app)
    },
  }
}

export type User = Awaited<ReturnType<typeof signIn>>

/**
 * How long tests wait for a state, also on a slow machine. Longer than a minute: the Firestore client (12.19)
 * reconnects a minute after its stream broke, seen once with an unreadable frame from the emulator.
 */
export const PATIENCE_MS = 120_000

const ENDED: Status[] = ['succeeded', 'partial', 'rejected', 'blocked', 'failed', 'superseded', 'deleted']
