import { appendJson, readJson, setJson } from './json.ts'

type Field = { fieldPath: string } & Record<string, unknown>
type Index = { collectionGroup: string; queryScope?: string; fields: Field[] } & Record<string, unknown>
export type Override = { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes?: unknown[] }
export type Indexes = { indexes?: Index[]; fieldOverrides?: Override[] }

const IMAGES = 'images'

/** @throws InitRefused if the file is not valid */
export function readIndexes(file: string, text: string | undefined): Indexes {
  return readJson(file, text)
}

/** Firesight's indexes and settings of fields for the collections of the settings. */
export function wantedIndexes(ours: string, collections: string[]): Required<Indexes> {
  const { indexes = [], fieldOverrides = [] }: Indexes = JSON.parse(ours)
  return { indexes: renamed(indexes, collections), fieldOverrides: renamed(fieldOverrides, collections) }
}

/**
 * Adds Firesight's indexes and TTL policies to firestore.indexes.json. Those that exist already are recognised,
 * all others stay.
 * @returns the new text, the added settings of fields, and those of the project that were kept although
 * Firesight's differ
 * @throws InitRefused if the file is not valid
 */
export function mergeIndexes(
  file: string,
  existing: string | undefined,
  wanted: Required<Indexes>,
): { text: string; added: Override[]; kept: Override[] } {
  let text = existing?.trim() ? existing : '{\n  "indexes": [],\n  "fieldOverrides": []\n}\n'
  const present = readIndexes(file, text)
  for (const list of ['indexes', 'fieldOverrides'] as const) {
    if (present[list] === undefined) text = setJson(text, [list], [])
  }
  const known = new Set((present.indexes ?? []).map(keyOf))
  for (const index of wanted.indexes) {
    if (known.has(keyOf(index))) continue
    text = appendJson(text, ['indexes'], index)
  }
  const added: Override[] = []
  const kept: Override[] = []
  for (const override of wanted.fieldOverrides) {
    const own = present.fieldOverrides?.find((other) => isSameField(other, override))
    if (own && !isSameOverride(own, override)) kept.push(own)
    if (own) continue
    text = appendJson(text, ['fieldOverrides'], override)
    added.push(override)
  }
  return { text, added, kept }
}

export const isSameField = (a: Override, b: Override) =>
  a.collectionGroup === b.collectionGroup && a.fieldPath === b.fieldPath

/** Whether two settings of a field do the same. */
export function isSameOverride(a: Override, b: Override): boolean {
  const settings = ({ ttl = false, indexes = [] }: Override) => JSON.stringify([ttl, indexes])
  return isSameField(a, b) && settings(a) === settings(b)
}

/** The entries with those of the collection `images` for each collection of the settings. */
function renamed<T extends { collectionGroup: string }>(entries: T[], collections: string[]): T[] {
  return entries.flatMap((entry) =>
    entry.collectionGroup === IMAGES
      ? collections.map((collectionGroup) => ({ ...entry, collectionGroup }))
      : [entry],
  )
}

/** The same key for indexes that Firestore treats as one: defaults and the implied last field are left out. */
export function keyOf({ collectionGroup, queryScope = 'COLLECTION', fields }: Index): string {
  const own = fields.map(({ fieldPath, order, arrayConfig, vectorConfig }) => [
    fieldPath,
    order ?? arrayConfig ?? JSON.stringify(vectorConfig),
  ])
  const last = own.at(-1)
  // The document id follows the order of the last field.
  if (last?.[0] === '__name__' && (own.at(-2)?.[1] ?? 'ASCENDING') === last[1]) own.pop()
  return JSON.stringify([collectionGroup, queryScope, own])
}
