import type { Data } from '../data/data.ts'
import type { Measurement, Unit } from '../measure/rounds.ts'
import type { Summary } from '../measure/statistics.ts'
import type { Python } from '../peers/python.ts'
import type { Plan } from '../plan.ts'

/** The input of every part. */
export type Context = {
  plan: Plan
  data: Data
  /** Undefined if Python or its packages are missing. The report has the reason. */
  python: Python | undefined
  random: () => number
  progress: (text: string) => void
}

/** A figure with its spread, or a text. `times`: a ratio. */
export type Cell = { unit: 'times' | Unit; summary: Summary } | { text: string }

export type Table = {
  title: string
  columns: string[]
  rows: { name: string; cells: Cell[] }[]
}

export type PartResult = {
  tables: Table[]
  measurements: Measurement[]
  /** Explanations of the tables. */
  notes: string[]
}

/** A part of the bench. */
export type Part = {
  name: string
  title: string
  measure: (context: Context) => Promise<PartResult>
}

export function times(summary: Summary | undefined): Cell {
  return summary ? { unit: 'times', summary } : { text: 'not measured' }
}

export function figure(unit: Unit, summary: Summary | undefined): Cell {
  return summary ? { unit, summary } : { text: 'not measured' }
}
