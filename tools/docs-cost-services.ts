import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PRICES } from '../functions/src/model/prices.ts'
import { dollars } from './cost/figures.ts'
import { PEERS, priceOfUnits, UNIT_PRICES, type Unit } from './cost/services.ts'
import { table } from './docs-table.ts'
import { root } from './paths.ts'

export function modelPrices(): string {
  return table(
    ['Model', 'Input', 'Output', 'Through', 'Source', 'Read'],
    Object.entries(PRICES).flatMap(([model, listed]) =>
      listed.map(({ input, output, through = '', source, read }) => [
        `\`${model}\``,
        input.toFixed(3).replace(/0$/, ''),
        output.toFixed(2),
        through,
        source,
        read,
      ]),
    ),
  )
}

/** docs/cost/operations.json: test/integration/operations.test.ts counts them. */
export type Operations = Record<string, Partial<Record<Unit, number>>>

export function loadOperations(): Operations {
  return JSON.parse(readFileSync(join(root, 'docs/cost/operations.json'), 'utf8')) as Operations
}

const UNIT_NAMES: [Unit, string][] = [
  ['firestoreReads', 'Firestore reads'],
  ['firestoreWrites', 'writes'],
  ['firestoreDeletes', 'deletes'],
  ['storageClassA', 'Storage class A'],
  ['storageClassB', 'class B'],
  ['invocations', 'Function invocations'],
]

export function operations(): string {
  const rows = Object.entries(loadOperations()).map(([what, counts]) => {
    const sum = UNIT_NAMES.reduce(
      (total, [unit]) => total + priceOfUnits(unit, (counts[unit] ?? 0) * 1000),
      0,
    )
    return [what, ...UNIT_NAMES.map(([unit]) => String(counts[unit] ?? 0)), dollars(sum)]
  })
  return table(['One', ...UNIT_NAMES.map(([, name]) => name), 'Dollars for 1,000'], rows)
}

export function unitPrices(): string {
  return table(
    ['Unit', 'Dollars', 'Per', 'Source', 'Read'],
    Object.entries(UNIT_PRICES).map(([unit, { usd: price, per, source, read }]) => [
      unit,
      String(price),
      per.toLocaleString('en'),
      source,
      read,
    ]),
  )
}

export function peers(): string {
  return table(
    ['Service', 'Dollars for 1,000 photos', 'Does', 'Does not', 'Source'],
    PEERS.map(({ name, usd: price, does, lacks, source }) => [name, price, does, lacks, source]),
  )
}
