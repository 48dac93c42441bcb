import { compareGenerations } from '../document/claim.ts'
import { type ResultPath, resultPaths } from '../document/storage-paths.ts'
import type { IndexEntry } from '../ports/upkeep.ts'

/** Which result files of a photo its document references, or may reference soon. */
export function referencedFiles(entry: IndexEntry): { has: (path: ResultPath) => boolean } {
  if (entry.status === 'deleted') return { has: () => false }
  const paths = resultPaths(entry)
  const { answerId } = entry.steps?.locate ?? {}
  const referenced = new Set(
    [
      entry.overlay?.path,
      entry.preview?.path,
      entry.thumbnail?.path,
      ...(entry.objects ?? []).map(({ mask }) => mask?.path),
      answerId && paths.answer(answerId).text,
    ].filter((path) => path !== undefined),
  )
  return {
    has: ({ name, generation, place }) => {
      const order = compareGenerations(generation, entry.generation)
      // A worker claims a newer generation before it writes files, so the document will be updated.
      if (order !== 0) return order > 0
      // A worker may be about to reference the file. detectObjects writes its own JSON file with references.
      if (entry.status === 'processing' || place === 'detections') return true
      return referenced.has(name)
    },
  }
}
