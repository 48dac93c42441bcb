import { z } from 'zod'
import type { ProjectFiles } from './files.ts'
import { appendJson, readJson, setJson, wrapInArray } from './json.ts'
import { InitRefused } from './problems.ts'

export const FIREBASE_JSON = 'firebase.json'

// The parts that `init` reads. https://github.com/firebase/firebase-tools/blob/main/schema/firebase-config.json,
// firebase-tools 15.34.2
const functionsEntry = z.looseObject({
  source: z.string().optional(),
  codebase: z.string().optional(),
  kit: z.string().optional(),
  sourcePackage: z.looseObject({ name: z.string() }).optional(),
  instances: z.record(z.string(), z.string()).optional(),
})
const firestoreEntry = z.looseObject({
  database: z.string().optional(),
  rules: z.string().optional(),
  indexes: z.string().optional(),
})
const storageEntry = z.looseObject({
  bucket: z.string().optional(),
  target: z.string().optional(),
  rules: z.string().optional(),
})
const oneOrMany = <T extends z.ZodType>(entry: T) => z.union([entry, z.array(entry)]).optional()
const firebaseJson = z.looseObject({
  functions: oneOrMany(functionsEntry),
  firestore: oneOrMany(firestoreEntry),
  storage: oneOrMany(storageEntry),
  emulators: z.looseObject({}).optional(),
})

export type FirebaseConfig = z.output<typeof firebaseJson>
export type FunctionsEntry = z.output<typeof functionsEntry>

/** @throws InitRefused if firebase.json is not valid */
export function readFirebaseJson(files: ProjectFiles): FirebaseConfig {
  const result = firebaseJson.safeParse(readJson(FIREBASE_JSON, files.read(FIREBASE_JSON)))
  if (result.success) return result.data
  throw new InitRefused([`Cannot use ${FIREBASE_JSON}: ${z.prettifyError(result.error)}`])
}

export function functionsEntries({ functions }: FirebaseConfig): FunctionsEntry[] {
  return functions === undefined ? [] : [functions].flat()
}

/** Adds a codebase. The entries that exist stay as they are. */
export function addCodebase(files: ProjectFiles, config: FirebaseConfig, entry: FunctionsEntry): void {
  const text = files.read(FIREBASE_JSON) ?? ''
  const { functions } = config
  if (functions === undefined) files.write(FIREBASE_JSON, setJson(text, ['functions'], [entry]))
  else if (Array.isArray(functions)) files.write(FIREBASE_JSON, appendJson(text, ['functions'], entry))
  else files.write(FIREBASE_JSON, wrapInArray(text, ['functions'], entry))
}

/** The files of the rules and indexes that init merges. Missing entries are added to firebase.json. */
export type RulesFiles = { firestoreRules: string; indexes: string; storageRules: string[] }

/** @throws InitRefused if firebase.json has several entries, and none is that of the database or of a bucket */
export function rulesFiles(
  files: ProjectFiles,
  config: FirebaseConfig,
  { database, buckets }: { database: string; buckets: string[] },
): RulesFiles {
  const [firestore] = chosen(config.firestore, (entry) => (entry.database ?? '(default)') === database)
  if (!firestore) {
    throw new InitRefused([
      `${FIREBASE_JSON} has no entry in "firestore" for the database ${database} (FIRESTORE_DATABASE).\n` +
        `Add { "database": "${database}", "rules": "...", "indexes": "..." }, and run the command again.`,
    ])
  }
  const storage = chosen(config.storage, ({ bucket }) => bucket !== undefined && buckets.includes(bucket))
  if (storage.length === 0) {
    throw new InitRefused([
      `${FIREBASE_JSON} has several entries in "storage", and none is for ${buckets.join(', ') || 'the bucket of the photos, which is unknown'}.\n` +
        'Name one of them with --bucket, or add { "bucket": "...", "rules": "..." }.',
    ])
  }
  const ensure = (path: (string | number)[], found: string | undefined, fallback: string) => {
    if (found === undefined) files.write(FIREBASE_JSON, setJson(files.read(FIREBASE_JSON), path, fallback))
    return found ?? fallback
  }
  return {
    firestoreRules: ensure(
      ['firestore', ...firestore.path, 'rules'],
      firestore.entry.rules,
      'firestore.rules',
    ),
    indexes: ensure(
      ['firestore', ...firestore.path, 'indexes'],
      firestore.entry.indexes,
      'firestore.indexes.json',
    ),
    storageRules: [
      ...new Set(
        storage.map(({ entry, path }) => ensure(['storage', ...path, 'rules'], entry.rules, 'storage.rules')),
      ),
    ],
  }
}

/** The entries to use: the only one, or those of an array that match. */
function chosen<T extends object>(
  value: T | T[] | undefined,
  matches: (entry: T) => boolean,
): { entry: Partial<T>; path: number[] }[] {
  if (!Array.isArray(value)) return [{ entry: value ?? {}, path: [] }]
  const entries = value.map((entry, index) => ({ entry, path: [index] }))
  return entries.length === 1 ? entries : entries.filter(({ entry }) => matches(entry))
}

/** The buckets to which the Firebase CLI deploys no rules: firebase.json has rules for the default bucket only. */
export function bucketsWithoutRules(
  { storage }: FirebaseConfig,
  buckets: string[],
  project: string,
): string[] {
  const listed = Array.isArray(storage) ? storage.map(({ bucket }) => bucket) : []
  if (Array.isArray(storage) && storage.some(({ target }) => target !== undefined)) return []
  const isDefault = (bucket: string) =>
    [`${project}.appspot.com`, `${project}.firebasestorage.app`].includes(bucket)
  return buckets.filter((bucket) => !isDefault(bucket) && !listed.includes(bucket))
}

const PORTS = { auth: 9099, functions: 5001, firestore: 8080, storage: 9199, eventarc: 9299, tasks: 9499 }

/** Adds the emulators that Firesight needs and that firebase.json does not list, on their usual ports. */
export function addEmulators(files: ProjectFiles, config: FirebaseConfig): void {
  for (const [name, port] of Object.entries(PORTS)) {
    if (config.emulators && name in config.emulators) continue
    files.write(FIREBASE_JSON, setJson(files.read(FIREBASE_JSON), ['emulators', name], { port }))
  }
}
