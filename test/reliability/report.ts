import { KINDS } from './invariants.ts'
import type { Result } from './simulate.ts'

/** The mean of paid answers a step that is still as promised. */
export const MOST_MEAN_PAID = 1.3

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

export function isBroken({ violations, meanPaid }: Result): boolean {
  return violations.length > 0 || !(meanPaid <= MOST_MEAN_PAID)
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
    ['paid answers a step', `${meanPaid.toFixed(3)} (at most ${MOST_MEAN_PAID})`],
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
