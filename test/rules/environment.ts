import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { setLogLevel } from 'firebase/firestore'
import { emulator } from '../support/app.ts'

/** Not the bucket of the functions, which would annotate the tests' uploads. */
export const bucket = 'gs://rules-test.appspot.com'

/**
 * The rules of this repository, in the emulators. The Storage emulator has one set of rules for all buckets,
 * and has loaded it at its start. Loading it again would refuse every request of other tests for a moment.
 */
export async function rulesEnvironment(): Promise<RulesTestEnvironment> {
  setLogLevel('silent') // The Firestore SDK would log each refusal.
  const { host, port } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  return initializeTestEnvironment({
    projectId: 'demo-rules', // Not that of the functions: clearFirestore() deletes every document.
    firestore: { rules: await readRules('firestore.rules') },
    storage: { host, port },
  })
}

/** Deletes all files of the tests' bucket; the library's clearStorage() does not delete folders. */
export async function clearBucket(environment: RulesTestEnvironment): Promise<void> {
  await environment.withSecurityRulesDisabled(async (context) => {
    const folders = [context.storage(bucket).ref()]
    for (const folder of folders) {
      const { items, prefixes } = await folder.listAll()
      await Promise.all(items.map((item) => item.delete()))
      folders.push(...prefixes)
    }
  })
}

function readRules(file: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../..', file), 'utf8')
}
