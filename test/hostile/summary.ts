import { REFUSAL_MS, type Result } from './trial.ts'
import { measuresMemory } from './watched-worker.ts'

/** One line of the table: the results of a group. */
export function summarise(group: string, results: readonly Result[]): string[] {
  const ends = (pattern: RegExp) => results.filter(({ end }) => pattern.test(end)).length
  const slowest = most(results, ({ durationMs }) => durationMs)
  const largest = most(results, ({ megabytes }) => megabytes ?? 0)
  const refusals = results.filter(({ bomb }) => bomb).map(({ durationMs }) => durationMs)
  return [
    group,
    String(results.length),
    String(ends(/^crashed/)),
    String(ends(/^hung/)),
    String(ends(/^(succeeded|partial|rejected|failed|blocked)/)),
    measuresMemory ? `${Math.round(largest?.megabytes ?? 0)} MB` : 'not measured',
    `${((slowest?.durationMs ?? 0) / 1000).toFixed(1)} s`,
    refusals.length > 0 ? `${refusals.length}, ${Math.round(Math.max(...refusals))} ms` : '-',
    String(results.filter(({ faults }) => faults.length > 0).length),
  ]
}

export const COLUMNS = [
  'photos',
  'tried',
  'crashes',
  'hangs',
  'coded ends',
  'most memory',
  'slowest',
  `bombs refused (< ${REFUSAL_MS} ms)`,
  'with problems',
]

/** A Markdown table with aligned columns. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const all = [COLUMNS, ...rows]
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  return [line(COLUMNS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** The number of photos by end. */
export function countEnds(results: readonly Result[]): string {
  const counts = Object.entries(Object.groupBy(results, ({ end }) => end)).map(
    ([end, list]) => [end, list!.length] as const,
  )
  return counts
    .toSorted(([, a], [, b]) => b - a)
    .map(([end, count]) => `${end} ${count}`)
    .join(', ')
}

/** The names of the largest and slowest photos. */
export function extremes(results: readonly Result[]): string {
  const largest = results.toSorted((a, b) => (b.megabytes ?? 0) - (a.megabytes ?? 0)).slice(0, 5)
  const slowest = results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, 5)
  return [
    `Largest: ${largest.map(({ name, megabytes = 0 }) => `${name} (${Math.round(megabytes)} MB)`).join('; ')}`,
    `Slowest: ${slowest.map(({ name, durationMs }) => `${name} (${Math.round(durationMs)} ms)`).join('; ')}`,
  ].join('\n')
}

function most(results: readonly Result[], measure: (result: Result) => number): Result | undefined {
  return results.reduce<Result | undefined>(
    (best, result) => (best && measure(best) >= measure(result) ? best : result),
    undefined,
  )
}
