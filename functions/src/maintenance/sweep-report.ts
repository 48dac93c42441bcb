/** What a sweep has found and done. */
export type SweepReport = {
  /** Photos that should have ended by now and were queued again. */
  redriven: number
  /** Uploads without a document, or with that of an older generation, that were queued. */
  queued: number
  /** Photos that were to be queued and stand in the queue already. */
  known: number
  /** Documents of photos that are gone, whose results were removed. */
  removed: number
  /** Result files that no document names, deleted. */
  deletedFiles: number
  /** Whether the walk through all objects and documents came to its end. Undefined when none was due. */
  walked?: boolean
}

export function emptyReport(): SweepReport {
  return { redriven: 0, queued: 0, known: 0, removed: 0, deletedFiles: 0 }
}
