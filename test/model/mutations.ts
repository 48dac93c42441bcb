import type { Mechanisms } from './mechanisms.ts'
import type { ScenarioName } from './scenarios.ts'

/** One mechanism removed, and the scenario in which its loss shows. */
export type Mutation = {
  name: string
  change: Partial<Mechanisms>
  scenario: ScenarioName
  /**
   * Another mechanism that repairs what this one prevents. It is removed too, and what that causes alone does
   * not count.
   */
  masked?: { by: string; without: Partial<Mechanisms> }
  /** Shows in one of a few hundred photos. */
  rare?: true
  /** Breaks no promise, but costs more. */
  costs?: true
}

const crowded = { scenario: 'crowded' } as const
const swept = { scenario: 'swept during store' } as const
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
    scenario: 'overwritten during read',
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
    scenario: 'overwritten during read',
  },
  { name: 'no checkpoints', change: { checkpoints: false }, ...crowded, costs: true },
  { name: 'a lease of 10 s', change: { leaseSeconds: 10 }, scenario: 'faulty model', costs: true },
  { name: 'counted after the request', change: { counts: 'after' }, ...crowded, rare: true },
  {
    name: 'billed calls of earlier workers forgotten',
    change: { billedCallsOf: 'worker' },
    ...crowded,
    rare: true,
  },
  {
    name: 'no limit of crashes',
    change: { maxCrashes: Number.POSITIVE_INFINITY },
    scenario: 'harsh, product limits',
    rare: true,
    masked: { by: 'the limit of attempts', without: { maxAttempts: Number.POSITIVE_INFINITY } },
  },
  { name: 'all answers in one folder', change: { answerIds: 'fixed' }, ...swept },
  { name: 'no sweeper', change: { sweeper: false }, ...crowded },
  { name: 'overdue photos are not queued', change: { redrivesDue: false }, ...crowded },
  { name: 'task ids by generation alone', change: { taskIds: 'by-generation' }, ...crowded },
  {
    name: 'sweeps files of any age',
    change: { sweepsOldFilesOnly: false },
    ...swept,
    masked: { by: 'keeping files of photos in process', without: { sweepsFinishedOnly: false } },
  },
  {
    name: 'sweeps files of photos in process',
    change: { sweepsFinishedOnly: false },
    ...swept,
    rare: true,
    masked: { by: 'keeping replaced files', without: { sweepsSeenVersions: false } },
  },
  {
    name: 'sweeps files that were replaced since',
    change: { sweepsSeenVersions: false },
    ...swept,
    rare: true,
    masked: { by: 'keeping files of photos in process', without: { sweepsFinishedOnly: false } },
  },
  {
    name: 'object looked up before the document',
    change: { documentBeforeObject: false },
    scenario: 'uploaded during lookup',
  },
  {
    name: 'free attempts stay counted',
    change: { freeAttemptsAreReported: false },
    scenario: 'model down',
    costs: true,
  },
]
