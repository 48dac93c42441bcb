import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { table } from './docs-table.ts'
import { root } from './paths.ts'

/**
 * The result of a parser for an answer. `none`: it returned no objects, as if the model had found nothing.
 */
export type Reading = {
  outcome: 'read' | 'salvaged' | 'unreadable' | 'objects' | 'none' | 'error'
  objects: number
  masks: number
}

/**
 * docs/answers/readings.json: real answers with the results of each parser. A test checks ours if it has the
 * answers.
 */
type Readings = {
  parsers: {
    id: string
    name: string
    source: string
    version: string
    how: string
    remarks: string
  }[]
  answers: {
    file: string
    model: string
    origin: string
    shape: string
    firesight: Reading
    others: Record<string, Reading>
  }[]
}

const readingsFile = join(root, 'docs/answers/readings.json')

export function loadReadings(): Readings {
  return JSON.parse(readFileSync(readingsFile, 'utf8')) as Readings
}

export function totalsTable(): string {
  const { parsers, answers } = loadReadings()
  const row = (name: string, readings: Reading[]) => {
    const sum = (key: 'objects' | 'masks') =>
      String(readings.reduce((total, reading) => total + reading[key], 0))
    const count = (...outcomes: Reading['outcome'][]) =>
      String(readings.filter(({ outcome }) => outcomes.includes(outcome)).length)
    return [
      name,
      String(readings.filter(({ objects }) => objects > 0).length),
      sum('objects'),
      sum('masks'),
      count('none'),
      count('unreadable', 'error'),
    ]
  }
  return table(
    ['Parser', 'Answers with objects', 'Objects', 'Masks', '“Nothing found”', 'Refused'],
    [
      row(
        '**Firesight**',
        answers.map(({ firesight }) => firesight),
      ),
      ...parsers.map(({ id, name }) =>
        row(
          name,
          answers.map(({ others }) => others[id]!),
        ),
      ),
    ],
  )
}

export function answersTable(): string {
  const { parsers, answers } = loadReadings()
  return table(
    ['Answer', 'What it is', 'Firesight', ...parsers.map(({ name }) => name)],
    answers.map(({ file, shape, firesight, others }) => [
      `\`${file.replace('.txt', '')}\``,
      shape,
      cell(firesight),
      ...parsers.map(({ id }) => cell(others[id]!)),
    ]),
  )
}

export function parsersTable(): string {
  return table(
    ['Parser', 'Source', 'Version', 'How it was run', 'Remarks'],
    loadReadings().parsers.map(({ name, source, version, how, remarks }) => [
      name,
      source,
      version,
      how,
      remarks,
    ]),
  )
}

function cell({ outcome, objects, masks }: Reading): string {
  if (outcome === 'none') return 'nothing'
  if (outcome === 'error') return 'fails'
  if (outcome === 'unreadable') return 'unreadable'
  const found = masks > 0 ? `${objects} + ${masks} mask${masks > 1 ? 's' : ''}` : String(objects)
  return outcome === 'salvaged' ? `${found}, salvaged` : found
}
