import type { Layout } from '../rules/areas.ts'
import type { ProjectFiles } from './files.ts'
import { isSameField, mergeIndexes, type Override, readIndexes, wantedIndexes } from './indexes.ts'
import type { PackageFiles } from './package-files.ts'
import { PAGE } from './page.ts'
import { explainShared, findSharedCollections, noteOnShared, type Rules } from './shared-collections.ts'

/** `toAccept`: why TTL policies and exemptions may harm the project. `notes`: what the user should know. */
export type AddedIndexes = { toAccept: string[]; notes: string[] }

/**
 * Merges the indexes, exemptions and TTL policies.
 * @param rules the database's rules before the changes
 * @throws InitRefused if the file is not valid
 */
export function addIndexes(
  files: ProjectFiles,
  file: string,
  rules: Rules,
  { ours, layout }: { ours: PackageFiles; layout: Layout },
): AddedIndexes {
  const wanted = wantedIndexes(ours.indexes, layout.imagesCollections)
  const existing = files.read(file)
  const isOurs = rules.text?.trim() === ours.firestoreRules.trim()
  const { shared, notes } = findSharedCollections(
    isOurs ? { ...rules, text: undefined } : rules,
    { file, content: readIndexes(file, existing) },
    wanted,
    layout,
  )
  const { text, added, kept } = mergeIndexes(file, existing, wanted)
  files.write(file, text)
  return {
    toAccept: shared
      .filter(({ isSetUp }) => !isSetUp)
      .map((collection) => explainShared(collection, wanted, layout)),
    notes: [
      ...notes,
      ...noteOnAdded(file, added),
      ...shared.map(noteOnShared),
      ...notesOnKept(file, kept, wanted),
    ],
  }
}

/** Which collections get settings that apply to all collections of a name. */
function noteOnAdded(file: string, added: Override[]): string[] {
  if (added.length === 0) return []
  const namesOf = (overrides: Override[]) =>
    [...new Set(overrides.map(({ collectionGroup }) => collectionGroup))].join(', ')
  const ttl = namesOf(added.filter((override) => override.ttl))
  const exempt = namesOf(added.filter(({ indexes }) => indexes?.length === 0))
  return [
    [
      `${file}: the new TTL policies and exemptions apply to all collections of a name in the database, also to subcollections.`,
      ...(ttl ? [`  Documents are deleted when their expireAt has passed: ${ttl}`] : []),
      ...(exempt ? [`  Fields are exempt from single-field indexes: ${exempt}`] : []),
      `  If your app has collections with one of these names: ${PAGE.collections}`,
    ].join('\n'),
  ]
}

function notesOnKept(
  file: string,
  kept: Override[],
  { fieldOverrides }: { fieldOverrides: Override[] },
): string[] {
  return kept.map((own) => {
    const { collectionGroup, fieldPath } = own
    const ours = fieldOverrides.find((other) => isSameField(own, other))
    const consequence =
      ours?.ttl && !own.ttl
        ? 'They have no TTL policy, so Firestore does not delete expired documents of Firesight. Add "ttl": true if it should.'
        : 'Firesight needs no index for it.'
    return `${file}: your own settings of the field ${collectionGroup}.${fieldPath} were kept. ${consequence}`
  })
}
