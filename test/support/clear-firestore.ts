import { beforeAll } from 'vitest'
import { emulator, PROJECT } from './app.ts'

/*
 * Each file of the slow emulator tests starts with an empty Firestore. The emulator has no indexes: each query,
 * also that of a listener after each write, reads all documents of the collection.
 */
beforeAll(async () => {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const documents = `${url}/emulator/v1/projects/${PROJECT}/databases/(default)/documents`
  const response = await fetch(documents, { method: 'DELETE' })
  if (!response.ok) throw new Error(`Cannot clear the Firestore emulator: status ${response.status}`)
})
