import type { ProjectFiles } from './files.ts'
import {
  FIREBASE_JSON,
  type FirebaseConfig,
  type FirestoreEntry,
  readFirebaseJson,
  type StorageEntry,
} from './firebase-json.ts'
import { setJson } from './json.ts'
import { InitRefused } from './problems.ts'
import type { Targets } from './project.ts'

// How the Firebase CLI chooses databases and buckets: lib/firestore/fsConfig.js and lib/deploy/storage/*.js of
// firebase-tools 15.34.2.

type Path = (string | number)[]
type Located<T> = { entry: T; path: Path }

export const DEFAULT_DATABASE = '(default)'

/** The entry of a database in firebase.json, and the files that it names. */
export type FirestoreFiles = {
  /** The rules, if firebase.json names them. */
  ownRules: string | undefined
  rules(): string
  indexes(): string
}

/**
 * Finds the files of a database. Those that firebase.json does not name are added when they are asked for.
 * @throws InitRefused if firebase.json has entries, and none is for the database
 */
export function firestoreFiles(
  files: ProjectFiles,
  database: string,
  { firestore: targets }: Targets,
): FirestoreFiles {
  const { firestore } = readFirebaseJson(files)
  if (firestore === undefined && database !== DEFAULT_DATABASE) {
    files.write(FIREBASE_JSON, setJson(files.read(FIREBASE_JSON), ['firestore', 'database'], database))
  }
  const isList = Array.isArray(firestore)
  const databasesOf = ({ database: own, target }: FirestoreEntry) =>
    isList && target !== undefined ? (targets[target] ?? []) : [own || DEFAULT_DATABASE]
  const found =
    firestore === undefined
      ? { entry: {}, path: ['firestore'] }
      : located('firestore', firestore).find(({ entry }) => databasesOf(entry).includes(database))
  if (!found) {
    const name = database === DEFAULT_DATABASE ? 'firestore' : `firestore.${database}`
    const entry = `{ "database": "${database}", "rules": "${name}.rules", "indexes": "${name}.indexes.json" }`
    throw new InitRefused([
      `${FIREBASE_JSON} has no entry in "firestore" for the database ${database} (FIRESTORE_DATABASE), so the Firebase CLI would not deploy its rules.\n` +
        `${isList ? 'Add' : 'Make "firestore" a list, in which each entry names its "database", and add'} ${entry}. Then run the command again.`,
    ])
  }
  const { entry, path } = found
  return {
    ownRules: entry.rules,
    rules: () => fileOf(files, [...path, 'rules'], entry.rules, 'firestore.rules'),
    indexes: () => fileOf(files, [...path, 'indexes'], entry.indexes, 'firestore.indexes.json'),
  }
}

/**
 * The buckets of uploads and results, and the names that the default bucket can have.
 * `undefined`: a bucket that could not be found.
 */
export type Buckets = { wanted: (string | undefined)[]; standard: string[] }

export type StorageFiles = {
  /** The rules files, and the buckets to which the Firebase CLI deploys them. */
  files: { file: string; buckets: string[] }[]
  /** The buckets to which it deploys no rules. */
  others: string[]
}

/**
 * Finds the rules files of the buckets. Those that firebase.json does not name are added.
 * @throws InitRefused if "storage" is a list without one of the buckets
 */
export function storageFiles(
  files: ProjectFiles,
  { wanted, standard }: Buckets,
  { storage: targets }: Targets,
): StorageFiles {
  const { storage } = readFirebaseJson(files)
  const known = wanted.filter((bucket) => bucket !== undefined)
  if (!Array.isArray(storage)) {
    // The Firebase CLI deploys these rules to the default bucket, whatever "bucket" says.
    const file = fileOf(files, ['storage', 'rules'], storage?.rules, 'storage.rules')
    return {
      files: [{ file, buckets: [...known.filter((bucket) => standard.includes(bucket)), ...standard] }],
      others: known.filter((bucket) => !standard.includes(bucket)),
    }
  }
  const bucketsOf = ({ bucket, target }: StorageEntry) =>
    target === undefined ? [bucket] : (targets[target] ?? [])
  const entries = located('storage', storage).map((each) => ({ ...each, buckets: bucketsOf(each.entry) }))
  const missing = wanted.filter((bucket) => !entries.some(({ buckets }) => buckets.includes(bucket ?? '')))
  if (missing.length > 0) throw new InitRefused([missingBuckets(storage, missing, targets)])
  const found = new Map<string, string[]>()
  for (const { entry, path, buckets } of entries) {
    const own = known.filter((bucket) => buckets.includes(bucket))
    if (own.length === 0) continue
    const file = fileOf(files, [...path, 'rules'], entry.rules, 'storage.rules')
    found.set(file, [...(found.get(file) ?? []), ...own])
  }
  return { files: Array.from(found, ([file, buckets]) => ({ file, buckets })), others: [] }
}

function missingBuckets(
  storage: StorageEntry[],
  missing: (string | undefined)[],
  targets: Record<string, string[]>,
): string {
  const named = missing.filter((bucket) => bucket !== undefined)
  const names = missing.map((bucket) => bucket ?? 'the upload bucket, which is unknown')
  const unknown = storage.flatMap(({ target }) => (target && !targets[target]?.length ? [target] : []))
  return [
    `${FIREBASE_JSON} has a list in "storage" without an entry for ${names.join(', ')}, so the Firebase CLI would deploy no rules there.`,
    ...(unknown.length > 0
      ? [`.firebaserc does not say which buckets these targets are: ${unknown.join(', ')}.`]
      : []),
    ...(named.length < missing.length ? ['Name the upload bucket with --bucket.'] : []),
    ...named.map(howToList),
  ].join('\n')
}

/** How to make the Firebase CLI deploy rules to a bucket. The emulators need a target instead of "bucket". */
export function howToList(bucket: string): string {
  return (
    `Add { "target": "<name>", "rules": "<file>" } to the list "storage" in ${FIREBASE_JSON}, and run: ` +
    `firebase target:apply storage <name> ${bucket}`
  )
}

function located<T>(key: keyof FirebaseConfig, value: T | T[]): Located<T>[] {
  return Array.isArray(value)
    ? value.map((entry, index) => ({ entry, path: [key, index] }))
    : [{ entry: value, path: [key] }]
}

function fileOf(files: ProjectFiles, path: Path, found: string | undefined, fallback: string): string {
  if (found === undefined) files.write(FIREBASE_JSON, setJson(files.read(FIREBASE_JSON), path, fallback))
  return found ?? fallback
}
