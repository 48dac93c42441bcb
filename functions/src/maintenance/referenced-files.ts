import { compareGenerations } from '../document/claim.ts'
import { type ResultPath, resultPaths } from '../document/storage-paths.ts'
import type { IndexEntry } from '../ports/annotation-index.ts'

/** Which files of a photo's results belong to its document, or may do so soon. */
export function referencedFiles(entry: IndexEntry): { has: (path: ResultPath) => boolean } {
  const paths = resultPaths(entry)
  const { answerId } = entry.steps?.locate ?? {}
  const named = new Set(
    [
      entry.overlay?.path,
      entry.preview?.path,
      ...(entry.objects ?? []).map(({ mask }) => mask?.path),
      answerId && paths.answer(answerId).text,
    ].filter((path) => path !== undefined),
  )
  return {
    has: ({ name, generation, place }) => {
      if (entry.status === 'deleted') return false
      const order = compareGenerations(generation, entry.generation)
      // A newer generation's worker claims before it writes, so its document is about to be read anew.
      if (order !== 0) return order > 0
      // A worker may be about to name them; and what was detected on demand is named by its own file.
      if (entry.status === 'processing' || place === 'detections') return true
      return named.has(name)
    },
  }
}
