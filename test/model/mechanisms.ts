import { MAX_ATTEMPTS, MAX_CRASHES } from '../../functions/src/pipeline/attempt-limits.ts'

/**
 * The mechanisms of the delivery protocol. The ports apply them, so that a mutation can remove one while the
 * production code stays as it is: `PROTOCOL` holds the real ones.
 */
export type Mechanisms = {
  /** The key of a claim: the generation of the object, or the id of the event. */
  claims: 'by-generation' | 'by-event-id'
  /** Which writes are refused: those about another generation, and those with another token. */
  fence: 'generation-and-token' | 'generation' | 'none'
  /** As the trigger of the run says, or the same for all runs. */
  leaseSeconds: number | 'of-trigger'
  whileLeased: 'throw' | 'acknowledge'
  /** A deletion keeps the document of a newer generation. */
  deletionsKnowGenerations: boolean
  tombstones: boolean
  /** The generation is compared after the read, too. */
  comparesAfterRead: boolean
  /** The result of a step is written as soon as it is known. */
  checkpoints: boolean
  /** When a request is counted. */
  counts: 'before' | 'after'
  /** Whose billed requests the limit counts: those of all workers, or only of this one. */
  billedCallsOf: 'document' | 'worker'
  /** The counter learns which attempts were free, so that they do not stay counted. */
  freeAttemptsAreReported: boolean
  maxCrashes: number
  maxAttempts: number
  /** Each answer has its own folder, or all answers of a generation share one. */
  answerIds: 'unique' | 'fixed'
  sweeper: boolean
  /** The sweeper deletes only files that are older than an hour. */
  sweepsOldFilesOnly: boolean
  /** The sweeper deletes exactly the file that it listed, not one that replaced it since. */
  sweepsSeenVersions: boolean
  /** The sweeper keeps the files of a generation that is being processed. */
  sweepsFinishedOnly: boolean
  /** The document is read before the object is looked up, so a removed document is older than the lookup. */
  documentBeforeObject: boolean
  redrivesDue: boolean
  taskIds: 'by-state-and-hour' | 'by-generation'
}

export const PROTOCOL: Mechanisms = {
  claims: 'by-generation',
  fence: 'generation-and-token',
  leaseSeconds: 'of-trigger',
  whileLeased: 'throw',
  deletionsKnowGenerations: true,
  tombstones: true,
  comparesAfterRead: true,
  checkpoints: true,
  counts: 'before',
  billedCallsOf: 'document',
  freeAttemptsAreReported: true,
  maxCrashes: MAX_CRASHES,
  maxAttempts: MAX_ATTEMPTS,
  answerIds: 'unique',
  sweeper: true,
  sweepsOldFilesOnly: true,
  sweepsSeenVersions: true,
  sweepsFinishedOnly: true,
  documentBeforeObject: true,
  redrivesDue: true,
  taskIds: 'by-state-and-hour',
}
