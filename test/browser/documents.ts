import type { Page } from 'playwright-core'
import { BUCKET } from '../support/app.ts'

/** The id of the user who is signed in on the page, from the storage of Firebase Auth. */
export async function userOf(page: Page): Promise<string> {
  return page.evaluate(
    async () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('firebaseLocalStorageDb')
        opening.addEventListener('error', () => reject(opening.error as Error))
        opening.addEventListener('success', () => {
          const users = opening.result.transaction('firebaseLocalStorage').objectStore('firebaseLocalStorage')
          const all = users.getAll()
          all.addEventListener('success', () => {
            const [user] = all.result as { value: { uid: string } }[]
            resolve(user!.value.uid)
          })
        })
      }),
  )
}

/** The fields of a document that the functions have just created. */
export function newAnnotation(uid: string, path: string): object {
  const pending = { state: 'pending' }
  const now = new Date()
  return {
    schemaVersion: 2,
    owner: uid,
    bucket: BUCKET,
    name: path,
    generation: '1',
    contentType: 'image/jpeg',
    sizeBytes: 1000,
    steps: { describe: pending, locate: pending, draw: pending },
    lease: null,
    attempts: 1,
    crashes: 0,
    createdAt: now,
    updatedAt: now,
  }
}
