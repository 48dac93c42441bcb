import type { Mutation } from './mutations.ts'
import { consequencesOf, meanBilled, type Tally } from './tally.ts'
import { KINDS } from './violations.ts'

const TITLES: Partial<Record<(typeof KINDS)[number], string>> = {
  overLimit: 'over limit',
  wrongBytes: 'wrong bytes',
}

/** One line per scenario: what happened, the photos with each violation, and the costs. */
export function renderScenarios(rows: readonly { name: string; tally: Tally }[]): string {
  const kinds = KINDS.map((kind) => TITLES[kind] ?? kind)
  const head = [
    'scenario',
    'photos',
    'uploads',
    'deliveries',
    'crashes',
    ...kinds,
    'mean billed',
    'ended at a limit',
  ]
  const lines = rows.map(({ name, tally }) => [
    name,
    ...[tally.photos, tally.uploads, tally.deliveries, tally.crashes].map(grouped),
    ...KINDS.map((kind) => grouped(tally.violations[kind]?.photos ?? 0)),
    meanBilled(tally).toFixed(3),
    `${grouped(tally.crashed)} crashed, ${grouped(tally.gaveUp)} gave up`,
  ])
  return renderTable([head, ...lines])
}

export type MutationRow = { mutation: Mutation; mutated: Tally; usual: Tally }

/** One line per mutation: what the check found without the mechanism. */
export function renderMutations(rows: readonly MutationRow[]): string {
  const lines = rows.map(({ mutation: { name, scenario, masked }, mutated, usual }) => [
    masked ? `${name} (without ${masked.by})` : name,
    scenario,
    consequencesOf(mutated, usual).join(', ') || 'nothing',
  ])
  return renderTable([['removed mechanism', 'scenario', 'found'], ...lines])
}

/** Aligns text to the left and numbers to the right. */
function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const isNumber = /^[\d.,]+$/.test(rows.at(-1)![column]!)
          return isNumber ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
