import { appendJson, readJson, setJson } from './json.ts'

type Field = { fieldPath: string } & Record<string, unknown>
type Index = { collectionGroup: string; queryScope?: string; fields: Field[] } & Record<string, unknown>
type Override = { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes?: unknown[] }
type Indexes = { indexes?: Index[]; fieldOverrides?: Override[] }

const IMAGES = 'images'

/**
 * Adds Firesight's indexes and TTL policies to firestore.indexes.json. Those that exist already are recognised,
 * all others stay.
 * @returns the new text, and fields whose own settings were kept although Firesight's differ
 * @throws InitRefused if the file is not valid
 */
export function mergeIndexes(
  file: string,
  existing: string | undefined,
  ours: string,
  collections: string[],
): { text: string; kept: string[] } {
  const wanted: Indexes = JSON.parse(ours)
  let text = existing?.trim() ? existing : '{\n  "indexes": [],\n  "fieldOverrides": []\n}\n'
  const present = readJson(file, text) as Indexes
  for (const list of ['indexes', 'fieldOverrides'] as const) {
    if (present[list] === undefined) text = setJson(text, [list], [])
  }
  const known = new Set((present.indexes ?? []).map(keyOf))
  for (const index of renamed(wanted.indexes ?? [], collections)) {
    if (known.has(keyOf(index))) continue
    text = appendJson(text, ['indexes'], index)
  }
  const kept: string[] = []
  for (const override of renamed(wanted.fieldOverrides ?? [], collections)) {
    const { collectionGroup, fieldPath } = override
    const at = (present.fieldOverrides ?? []).findIndex(
      (own) => own.collectionGroup === collectionGroup && own.fieldPath === fieldPath,
    )
    const own = present.fieldOverrides?.[at]
    if (!own) text = appendJson(text, ['fieldOverrides'], override)
    else if (override.ttl && !own.ttl) text = setJson(text, ['fieldOverrides', at, 'ttl'], true)
    else if (JSON.stringify(own.indexes ?? []) !== JSON.stringify(override.indexes ?? [])) {
      kept.push(`${collectionGroup}.${fieldPath}`)
    }
  }
  return { text, kept }
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
function keyOf({ collectionGroup, queryScope = 'COLLECTION', fields }: Index): string {
  const own = fields.map(({ fieldPath, order, arrayConfig, vectorConfig }) => [
    fieldPath,
    order ?? arrayConfig ?? JSON.stringify(vectorConfig),
  ])
  const last = own.at(-1)
  // The document id follows the order of the last field.
  if (last?.[0] === '__name__' && (own.at(-2)?.[1] ?? 'ASCENDING') === last[1]) own.pop()
  return JSON.stringify([collectionGroup, queryScope, own])
}
