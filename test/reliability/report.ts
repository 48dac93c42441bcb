import { KINDS } from './invariants.ts'
import type { Result } from './simulate.ts'

/** Paid answers a step, in the mean, that are still as promised. */
const MOST_MEAN_PAID = 1.3
/** From so many steps on the mean is taken at its word. Below, two standard errors are granted: one step's count has a deviation of about 0.5. */
const MANY_STEPS = 1000

const SHOWN = [
  'uploads',
  'deletions',
  'deliveries',
  'duplicates',
  'events lost',
  'tasks',
  'sweeps',
  'steps ended',
  'crashes',
  'zombies',
  'shutdowns',
  'store errors',
]

export function isBroken({ violations, meanPaid, tally }: Result): boolean {
  return violations.length > 0 || !(meanPaid <= mostMeanPaid(tally.of('steps ended')))
}

function mostMeanPaid(steps: number): number {
  return steps >= MANY_STEPS ? MOST_MEAN_PAID : MOST_MEAN_PAID + 1 / Math.sqrt(steps)
}

/** One table: what happened, what went wrong, and what must not be. */
export function renderResult({
  seed,
  seconds,
  tally,
  geminiFaults,
  statuses,
  violations,
  meanPaid,
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
      'paid answers a step',
      `${meanPaid.toFixed(3)} (at most ${mostMeanPaid(tally.of('steps ended')).toFixed(2)})`,
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

/** The first violations, each with what happened to its photo. */
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
