import type { Mechanisms } from './mechanisms.ts'
import type { ScenarioName } from './scenarios.ts'

/** One mechanism taken away, and where its loss is looked for. */
export type Mutation = {
  name: string
  change: Partial<Mechanisms>
  scenario: ScenarioName
  /** The other mechanism, which heals what this one prevents. It is taken away too, and what this does alone does not count. */
  masked?: { by: string; without: Partial<Mechanisms> }
  /** Breaks no promise: it is the costs that tell. */
  costs?: true
}

const crowded = { scenario: 'crowded' } as const
const askedAgain = { scenario: 'asked again' } as const
const bySweeper = { by: 'the sweeper', without: { sweeper: false } }

export const MUTATIONS: Mutation[] = [
  { name: 'no fence', change: { fence: 'none' }, ...crowded },
  { name: 'generation without token', change: { fence: 'generation' }, ...crowded },
  {
    name: 'event ids instead of generations',
    change: { claims: 'by-event-id' },
    ...crowded,
    masked: bySweeper,
  },
  { name: 'deletions ignore generations', change: { deletionsKnowGenerations: false }, ...crowded },
  { name: 'no tombstones', change: { tombstones: false }, ...crowded, masked: bySweeper },
  {
    name: 'acknowledged while leased',
    change: { whileLeased: 'acknowledge' },
    ...crowded,
    masked: bySweeper,
  },
  { name: 'no comparison after the read', change: { comparesAfterRead: false }, ...crowded },
  { name: 'no checkpoints', change: { checkpoints: false }, ...crowded, costs: true },
  { name: 'a lease of 10 s', change: { leaseSeconds: 10 }, scenario: 'faulty model', costs: true },
  { name: 'counted after the request', change: { counts: 'after' }, ...crowded },
  { name: 'no cap on paid calls', change: { maxPaidCalls: Number.POSITIVE_INFINITY }, ...crowded },
  {
    name: 'no cap on crashes',
    change: { maxCrashes: Number.POSITIVE_INFINITY },
    scenario: 'harsh, caps of the product',
    costs: true,
  },
  { name: 'answers under one name', change: { answerFiles: 'fixed-name' }, ...askedAgain },
  { name: 'drawn files under one name', change: { drawnFiles: 'fixed-name' }, ...crowded },
  { name: 'no sweeper', change: { sweeper: false }, ...crowded },
  { name: 'deferred and never driven again', change: { redrivesDeferred: false }, ...crowded },
  { name: 'tasks named by generation alone', change: { taskIds: 'by-generation' }, ...crowded },
  {
    name: 'sweeps files of any age',
    change: { sweepsOldFilesOnly: false },
    ...crowded,
    masked: { by: 'keeping what is worked on', without: { sweepsFinishedOnly: false } },
  },
  {
    name: 'sweeps files of what is worked on',
    change: { sweepsFinishedOnly: false },
    ...askedAgain,
  },
  {
    name: 'sweeps files written since it looked',
    change: { sweepsSeenVersions: false },
    ...askedAgain,
    masked: { by: 'folders of their own for answers', without: { answerIds: 'of-content' } },
  },
  {
    name: 'object looked for before the document',
    change: { documentBeforeObject: false },
    ...crowded,
  },
]

/**
 * Mechanisms that change nothing as long as another is there: with a fence that knows tokens, the answer that a worker has had itself is the
 * committed one, or else its next write is refused.
 */
export const REDUNDANT: Mutation[] = [
  { name: "drawn from the worker's own answer", change: { drawsFrom: 'own-answer' }, ...crowded },
]
