import { KINDS } from './invariants.ts'
import type { Result } from './simulate.ts'

/** The promised limit of billed answers per step, in the mean. */
const MAX_MEAN_BILLED = 1.3
/**
 * With fewer steps, the limit gets two standard errors more: the count of one step has a deviation of about
 * 0.5.
 */
const MANY_STEPS = 1000

const SHOWN = [
  'uploads',
  'deletions',
  'deliveries',
  'duplicates',
  'events lost',
  'tasks',
  'backfill tasks',
  'sweeps',
  'steps ended',
  'crashes',
  'paused workers',
  'shutdowns',
  'store errors',
]

export function isBroken({ violations, meanBilled, tally }: Result): boolean {
  return violations.length > 0 || !(meanBilled <= maxMeanBilled(tally.of('steps ended')))
}

function maxMeanBilled(steps: number): number {
  return steps >= MANY_STEPS ? MAX_MEAN_BILLED : MAX_MEAN_BILLED + 1 / Math.sqrt(steps)
}

/** A table: what happened, the injected faults, and the violations. */
export function renderResult({
  seed,
  seconds,
  tally,
  geminiFaults,
  statuses,
  violations,
  meanBilled,
}: Result): string {
  const rows: [string, string][] = [
    ['seed', String(seed)],
    ...SHOWN.map((name): [string, string] => [name, String(tally.of(name))]),
    ['faults of Gemini', listed(geminiFaults)],
    ['photos at the end', listed(statuses)],
    ...KINDS.map((kind): [string, string] => [
      kind,
      String(violations.filter((violation) => violation.kind === kind).length),
    ]),
    [
      'billed answers per step',
      `${meanBilled.toFixed(3)} (at most ${maxMeanBilled(tally.of('steps ended')).toFixed(2)})`,
    ],
    ['seconds', seconds.toFixed(0)],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

function listed(counts: Record<string, number>): string {
  const sum = Object.values(counts).reduce((total, count) => total + count, 0)
  return `${sum}: ${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}`
}

/** The first violations, each with the trace of its photo. */
export function renderViolations(
  { violations, traceOf, nameOf }: Pick<Result, 'violations' | 'traceOf' | 'nameOf'>,
  most = 3,
): string {
  return violations
    .slice(0, most)
    .map(({ kind, imageId, what }) => {
      const trace = imageId === undefined ? [] : traceOf(imageId)
      const name = imageId === undefined ? '' : ` of ${nameOf(imageId)} (${imageId})`
      return [`${kind}${name}: ${what}`, ...trace].join('\n')
    })
    .join('\n\n')
}
