import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { setLogLevel } from 'firebase/firestore'

/** Not the bucket of the functions: they would take a test's uploads for photos. */
export const bucket = 'gs://rules-test.appspot.com'

/** The project's own rules, in the emulators. Storage's emulator holds one set of rules for all. */
export async function rulesEnvironment(): Promise<RulesTestEnvironment> {
  setLogLevel('silent') // The Firestore SDK would log each refusal.
  const read = (file: string) => readFile(join(import.meta.dirname, '../..', file), 'utf8')
  return initializeTestEnvironment({
    projectId: 'demo-firesight',
    firestore: { rules: await read('firestore.rules') },
    storage: { rules: await read('storage.rules') },
  })
}
