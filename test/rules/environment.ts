import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { initializeTestEnvironment, type RulesTestEnvironment } from '@firebase/rules-unit-testing'
import { setLogLevel } from 'firebase/firestore'
import { emulator } from '../support/app.ts'

/** Not the bucket of the functions, which would annotate the tests' uploads. */
export const bucket = 'gs://rules-test.appspot.com'

type RulesTexts = { firestore: string; storage: string }

let loaded: RulesTexts | undefined

/** Makes the tests that this file imports afterwards use other rules than those of this repository. */
export function useRules(texts: RulesTexts): void {
  loaded = texts
}

/**
 * The rules of this repository, or of `useRules()`, in the emulators. The Storage emulator has one set of rules
 * for all buckets, and has loaded that of the repository at its start. Loading it again would refuse every
 * request of other tests for a moment.
 */
export async function rulesEnvironment(): Promise<RulesTestEnvironment> {
  setLogLevel('silent') // The Firestore SDK would log each refusal.
  const { host, port } = emulator('FIREBASE_STORAGE_EMULATOR_HOST')
  return initializeTestEnvironment({
    projectId: loaded ? 'demo-other-rules' : 'demo-rules', // clearFirestore() deletes every document.
    firestore: { rules: loaded?.firestore ?? (await readRules('firestore.rules')) },
    storage: { host, port, ...(loaded && { rules: loaded.storage }) },
  })
}

/** Loads the Storage rules of this repository again, for tests that run later. */
export async function restoreStorageRules(): Promise<void> {
  loaded = { firestore: await readRules('firestore.rules'), storage: await readRules('storage.rules') }
  await (await rulesEnvironment()).cleanup()
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

export function readRules(file: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../..', file), 'utf8')
}
