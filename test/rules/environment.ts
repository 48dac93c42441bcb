import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { setLogLevel } from 'firebase/firestore'

/** Not the bucket of the functions, which would annotate the tests' uploads. */
export const bucket = 'gs://rules-test.appspot.com'

/**
 * The rules of this repository, in the emulators. The Storage emulator has one set of rules for all buckets.
 */
export async function rulesEnvironment(): Promise<RulesTestEnvironment> {
  setLogLevel('silent') // The Firestore SDK would log each refusal.
  return initializeTestEnvironment({
    projectId: 'demo-rules', // Not that of the functions: clearFirestore() deletes every document.
    firestore: { rules: await readRules('firestore.rules') },
    storage: { rules: await readRules('storage.rules') },
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
