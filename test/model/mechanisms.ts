import { LEASE_SECONDS, MAX_CRASHES } from '../../functions/src/open-work.ts'
import { MAX_PAID_CALLS } from '../../functions/src/paid-calls.ts'

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
  maxPaidCalls: number
  maxCrashes: number
  drawsFrom: 'committed-answer' | 'own-answer'
  answerFiles: 'by-answer' | 'fixed-name'
  /** Names of what is drawn: of the answer that it shows, or the same for all answers of a generation. */
  drawnFiles: 'by-answer' | 'fixed-name'
  /** Whether an answer, once it is not referred to any more, can come to be referred to again. */
  answerIds: 'unique' | 'of-content'
  sweeper: boolean
  /** The sweeper deletes only what is older than an hour. */
  sweepsOldFilesOnly: boolean
  /** The sweeper deletes exactly the file that it has seen, not one that was written over it since. */
  sweepsSeenVersions: boolean
  /** The sweeper leaves the files of a generation alone while it is worked on. */
  sweepsFinishedOnly: boolean
  /** Documents are read before the object is looked for, so that what is removed is older than what was looked for. */
  documentBeforeObject: boolean
  redrivesDeferred: boolean
  taskIds: 'by-sweep' | 'by-generation'
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
  maxPaidCalls: MAX_PAID_CALLS,
  maxCrashes: MAX_CRASHES,
  drawsFrom: 'committed-answer',
  answerFiles: 'by-answer',
  drawnFiles: 'by-answer',
  answerIds: 'unique',
  sweeper: true,
  sweepsOldFilesOnly: true,
  sweepsSeenVersions: true,
  sweepsFinishedOnly: true,
  documentBeforeObject: true,
  redrivesDeferred: true,
  taskIds: 'by-sweep',
}
