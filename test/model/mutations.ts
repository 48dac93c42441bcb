import type { Mechanisms } from './mechanisms.ts'
import type { ScenarioName } from './scenarios.ts'

/** One mechanism taken away, and where its loss is looked for. */
export type Mutation = {
  name: string
  change: Partial<Mechanisms>
  scenario: ScenarioName
  /** The other mechanism, which heals what this one prevents. It is taken away too, and what this does alone does not count. */
  masked?: { by: string; without: Partial<Mechanisms> }
  /** Shows in one world of some hundred. */
  rare?: true
  /** Breaks no promise: it is the costs that tell. */
  costs?: true
}

const crowded = { scenario: 'crowded' } as const
const swept = { scenario: 'swept while stored' } as const
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
  {
    name: 'deletions ignore generations',
    change: { deletionsKnowGenerations: false },
    scenario: 'overwritten while read',
    masked: bySweeper,
  },
  { name: 'no tombstones', change: { tombstones: false }, ...crowded, masked: bySweeper },
  {
    name: 'acknowledged while leased',
    change: { whileLeased: 'acknowledge' },
    ...crowded,
    masked: bySweeper,
  },
  {
    name: 'no comparison after the read',
    change: { comparesAfterRead: false },
    scenario: 'overwritten while read',
  },
  { name: 'no checkpoints', change: { checkpoints: false }, ...crowded, costs: true },
  { name: 'a lease of 10 s', change: { leaseSeconds: 10 }, scenario: 'faulty model', costs: true },
  { name: 'counted after the request', change: { counts: 'after' }, ...crowded, rare: true },
  {
    name: 'paid calls of earlier workers forgotten',
    change: { paidCallsOf: 'worker' },
    ...crowded,
    rare: true,
  },
  {
    name: 'no cap on crashes',
    change: { maxCrashes: Number.POSITIVE_INFINITY },
    scenario: 'harsh, caps of the product',
    rare: true,
    masked: { by: 'the cap on attempts', without: { maxAttempts: Number.POSITIVE_INFINITY } },
  },
  { name: 'all answers in one folder', change: { answerIds: 'fixed' }, ...swept },
  { name: 'no sweeper', change: { sweeper: false }, ...crowded },
  { name: 'what is due is not driven again', change: { redrivesDue: false }, ...crowded },
  { name: 'tasks named by generation alone', change: { taskIds: 'by-generation' }, ...crowded },
  {
    name: 'sweeps files of any age',
    change: { sweepsOldFilesOnly: false },
    ...swept,
    masked: { by: 'keeping what is worked on', without: { sweepsFinishedOnly: false } },
  },
  {
    name: 'sweeps files of what is worked on',
    change: { sweepsFinishedOnly: false },
    ...swept,
    rare: true,
    masked: { by: 'keeping what was written since', without: { sweepsSeenVersions: false } },
  },
  {
    name: 'sweeps files written since it looked',
    change: { sweepsSeenVersions: false },
    ...swept,
    rare: true,
    masked: { by: 'keeping what is worked on', without: { sweepsFinishedOnly: false } },
  },
  {
    name: 'object looked for before the document',
    change: { documentBeforeObject: false },
    scenario: 'uploaded while looked for',
  },
  {
    name: 'requests that failed for free stay counted',
    change: { previousIsTold: false },
    scenario: 'model down',
    costs: true,
  },
]
