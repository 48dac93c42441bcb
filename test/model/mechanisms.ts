import { LEASE_SECONDS } from '../../functions/src/config/time-limits.ts'
import { MAX_ATTEMPTS, MAX_CRASHES } from '../../functions/src/pipeline/start-run.ts'

/** The mechanisms of the protocol. The real ones are `PROTOCOL`; a mutation takes one away, to see that the model misses it. */
export type Mechanisms = {
  /** Work is known by the generation of its object; without, by the ids of events. */
  claims: 'by-generation' | 'by-event-id'
  /** Writes are refused when the document is about another generation, and when another token holds it. */
  fence: 'generation-and-token' | 'generation' | 'none'
  leaseSeconds: number
  whileLeased: 'throw' | 'acknowledge'
  /** A deletion leaves the document of a newer generation alone. */
  deletionsKnowGenerations: boolean
  tombstones: boolean
  /** The generation is compared after the read, too. */
  comparesAfterRead: boolean
  /** What a step has found is written as soon as it is there. */
  checkpoints: boolean
  /** When a request is counted. */
  counts: 'before' | 'after'
  /** Where the paid calls that are capped come from: also from earlier workers, or from this one alone. */
  paidCallsOf: 'document' | 'worker'
  /** Whether the count of a request learns how the attempt before it failed, so that a free one is not counted. */
  previousIsTold: boolean
  maxCrashes: number
  maxAttempts: number
  /** Of the folder of an answer and of what is drawn from it: its own, or the same for all answers of a generation. */
  answerIds: 'unique' | 'fixed'
  sweeper: boolean
  /** The sweeper deletes only what is older than an hour. */
  sweepsOldFilesOnly: boolean
  /** The sweeper deletes exactly the file that it has seen, not one that was written over it since. */
  sweepsSeenVersions: boolean
  /** The sweeper leaves the files of a generation alone while it is worked on. */
  sweepsFinishedOnly: boolean
  /** Documents are read before the object is looked for, so that what is removed is older than what was looked for. */
  documentBeforeObject: boolean
  redrivesDue: boolean
  taskIds: 'by-state-and-hour' | 'by-generation'
}

export const PROTOCOL: Mechanisms = {
  claims: 'by-generation',
  fence: 'generation-and-token',
  leaseSeconds: LEASE_SECONDS,
  whileLeased: 'throw',
  deletionsKnowGenerations: true,
  tombstones: true,
  comparesAfterRead: true,
  checkpoints: true,
  counts: 'before',
  paidCallsOf: 'document',
  previousIsTold: true,
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
