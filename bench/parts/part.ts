import type { Data } from '../data/data.ts'
import type { Measurement } from '../measure/rounds.ts'
import type { Summary } from '../measure/statistics.ts'
import type { Python } from '../peers/python.ts'
import type { Plan } from '../plan.ts'

/** What every part gets. */
export type Context = {
  plan: Plan
  data: Data
  /** Undefined when there is none to measure; the report says why. */
  python: Python | undefined
  random: () => number
  progress: (text: string) => void
}

/** A figure with its spread, or what there is to say instead. `times`: a ratio. */
export type Cell = { unit: 'times' | 'ms' | 'MiB' | 'bytes'; summary: Summary } | { text: string }

export type Table = {
  title: string
  columns: string[]
  rows: { name: string; cells: Cell[] }[]
}

export type PartResult = {
  tables: Table[]
  measurements: Measurement[]
  /** What the reader of the tables must know. */
  notes: string[]
}

/** A subject of the bench. */
export type Part = {
  name: string
  title: string
  measure: (context: Context) => Promise<PartResult>
}

export function times(summary: Summary | undefined): Cell {
  return summary ? { unit: 'times', summary } : { text: 'not measured' }
}

export function figure(unit: 'ms' | 'MiB' | 'bytes', summary: Summary | undefined): Cell {
  return summary ? { unit, summary } : { text: 'not measured' }
}
