import { beforeAll, vi } from 'vitest'
import { emulator, PATIENCE_MS, PROJECT } from './app.ts'

/*
 * Each file of the slow emulator tests starts with an empty Firestore. The emulator has no indexes: each query,
 * also that of a listener after each write, reads all documents of the collection.
 */
beforeAll(async () => {
  const { url } = emulator('FIRESTORE_EMULATOR_HOST')
  const documents = `${url}/emulator/v1/projects/${PROJECT}/databases/(default)/documents`
  // 409: transactions of the file before are still running.
  await vi.waitFor(
    async () => {
      const { ok, status } = await fetch(documents, { method: 'DELETE' })
      if (!ok) throw new Error(`Cannot clear the Firestore emulator: status ${status}`)
    },
    { timeout: PATIENCE_MS, interval: 500 },
  )
})
