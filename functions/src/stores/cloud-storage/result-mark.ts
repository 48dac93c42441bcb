import type { Config } from '../../config/config.ts'

/** The custom metadata of a result file that names the collection of the documents that reference it. */
const KEY = 'firesight-documents'

/** `{database}/{collection}`; undefined for `(default)/images`, whose results have no mark. */
export type ResultMark = string | undefined

/**
 * The mark of the results of this deployment. Documents of another collection or database are not visible to
 * its sweeps, so without the mark their results would look like orphans.
 */
export function resultMark({
  firestoreDatabase,
  imagesCollection,
}: Pick<Config, 'firestoreDatabase' | 'imagesCollection'>): ResultMark {
  const mark = `${firestoreDatabase}/${imagesCollection}`
  return mark === '(default)/images' ? undefined : mark
}

/** Custom metadata to write. */
export function markMetadata(mark: ResultMark): { metadata?: Record<string, string> } {
  return mark === undefined ? {} : { metadata: { [KEY]: mark } }
}

/** Whether a file has exactly this mark. */
export function hasMark(
  { metadata = {} }: { metadata?: Record<string, unknown> | undefined },
  mark: ResultMark,
): boolean {
  return metadata[KEY] === mark
}
