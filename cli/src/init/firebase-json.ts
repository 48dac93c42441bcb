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
  target: z.string().optional(),
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
export type FirestoreEntry = z.output<typeof firestoreEntry>
export type StorageEntry = z.output<typeof storageEntry>
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

const PORTS = { auth: 9099, functions: 5001, firestore: 8080, storage: 9199, eventarc: 9299, tasks: 9499 }

/** Adds the emulators that Firesight needs and that firebase.json does not list, on their usual ports. */
export function addEmulators(files: ProjectFiles, config: FirebaseConfig): void {
  for (const [name, port] of Object.entries(PORTS)) {
    if (config.emulators && name in config.emulators) continue
    files.write(FIREBASE_JSON, setJson(files.read(FIREBASE_JSON), ['emulators', name], { port }))
  }
}
