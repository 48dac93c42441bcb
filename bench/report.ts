import type { Summary } from './measure/statistics.ts'
import type { Cell, Table } from './parts/part.ts'
import type { Bench } from './run.ts'
import type { Target } from './targets.ts'

/** Renders a run as Markdown: the targets, then the tables of each part. */
export function renderReport(bench: Bench): string {
  return [head(bench), targetTable(bench), ...bench.parts.map(renderPart)].join('\n\n')
}

function head({ date, plan, rounds, seed, machine, versions, missing }: Bench): string {
  const { processor, cores, memoryGiB, platform } = machine
  const lines = [
    `${date}, ${processor} (${cores} cores, ${memoryGiB} GiB), ${platform}. ${list(versions)}. ${rounds} rounds, seed ${seed}.`,
    'Every figure is the median of all rounds, with minimum and maximum in brackets. Ratios are computed within each round.',
  ]
  if (plan === 'quick')
    lines.push('**A quick run** with small images and few rounds. Its figures are not meaningful.')
  for (const [name, reason] of Object.entries(missing)) lines.push(`**Not measured: ${name}** (${reason}).`)
  return lines.join('\n\n')
}

function list(versions: Record<string, string>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

function renderPart({ title, tables, notes, measurements, load, seconds }: Bench['parts'][number]): string {
  const failures = measurements.flatMap(({ id, failure }) =>
    failure === undefined ? [] : [`**Failed: ${id}** (${failure}).`],
  )
  return [
    `### ${title}`,
    ...notes,
    ...failures,
    ...tables.map(renderTable),
    `${seconds} s; load average ${load.map((value) => value.toFixed(1)).join(' before, ')} after.`,
  ].join('\n\n')
}

function renderTable({ title, columns, rows }: Table): string {
  return `${title}:\n\n${markdownTable(
    ['', ...columns],
    rows.map(({ name, cells }) => [name, ...cells.map(renderCell)]),
  )}`
}

function targetTable({ targets }: Bench): string {
  const rows = targets.map((target) => [
    target.name + (target.remark ? ` (${target.remark})` : ''),
    `${target.bound === 'at most' ? '≤' : '≥'} ${bare(target.limit, target.unit)}`,
    target.measured ? renderCell({ unit: target.unit, summary: target.measured }) : 'not measured',
    verdict(target),
  ])
  return `### Targets\n\n${markdownTable(['', 'target', 'measured', 'met'], rows)}`
}

function verdict({ met, measured }: Target): string {
  if (met !== undefined) return met ? 'yes' : '**no**'
  return measured ? 'not judged' : ''
}

/** Renders the median and the range. */
export function renderCell(cell: Cell): string {
  if ('text' in cell) return cell.text
  const { median, min, max }: Summary = cell.summary
  const value = bare(median, cell.unit)
  // Sizes have only one sample, so they have no range.
  return min === max ? value : `${value} (${number(min, cell.unit)}–${number(max, cell.unit)})`
}

function bare(value: number, unit: Target['unit']): string {
  if (unit === 'bytes') return `${number(value, unit)} MB`
  if (unit === 'count') return String(value)
  return unit === 'times' ? `${number(value, unit)}×` : `${number(value, unit)} ${unit}`
}

/** Three significant digits. Bytes are in millions. */
function number(value: number, unit: Target['unit']): string {
  const shown = unit === 'bytes' ? value / 1e6 : value
  const size = Math.abs(shown)
  return shown.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3)
}

function markdownTable(columns: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns),
    line(columns.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ].join('\n')
}
