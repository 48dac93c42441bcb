import { IN_2026, IN_2027 } from '../cost/figures.ts'
import { table } from '../docs-table.ts'
import { number, whole } from './formats.ts'
import { LIMITS } from './limits.ts'
import { capacities, demandOf, modelDollars } from './rates.ts'
import { exceeded, namesOf } from './reached.ts'

/** Uploads a second. */
export const RATES = [1, 100, 1000]

export function bottlenecks(): string {
  const rows = capacities()
    .toSorted((a, b) => a.byDefault - b.byDefault)
    .map(({ name, demand, byDefault, raised, raise }) => [
      name,
      demand,
      number(byDefault),
      raised === undefined ? 'no limit' : number(raised),
      raise,
    ])
  return table(['Limit', 'Need', 'Photos a second by default', 'At most', 'Raise'], rows)
}

export function rates(): string {
  const rows = RATES.map((rate) => {
    const demand = demandOf(rate)
    return [
      number(rate),
      number(demand.photosPerDay),
      number(demand.inFlight),
      number(demand.instances),
      number(demand.documentWrites),
      number(demand.objectWrites),
      number(demand.requestsPerMinute),
      number(demand.tokensPerMinute / 1e6),
      namesOf(exceeded(rate, 'byDefault')) || 'none',
      namesOf(exceeded(rate, 'raised')) || 'none',
    ]
  })
  return table(
    [
      'Uploads a second',
      'Photos a day',
      'In work at a time',
      'Instances',
      'Document writes a second',
      'Object writes a second',
      'Model requests a minute',
      'Million tokens a minute',
      'Above the default of',
      'Above the maximum of',
    ],
    rows,
  )
}

export function rateCosts(): string {
  const rows = RATES.map((rate) => {
    const { photosPerMonth, operationDollars, instanceDollars } = demandOf(rate)
    return [
      number(rate),
      number(photosPerMonth / 1e6),
      whole(photosPerMonth * modelDollars(IN_2026)),
      whole(photosPerMonth * modelDollars(IN_2027)),
      whole(operationDollars),
      whole(instanceDollars),
      whole(operationDollars + instanceDollars),
    ]
  })
  return table(
    [
      'Uploads a second',
      'Million photos a month',
      'Model, 2026',
      'Model, January 2027',
      'Firestore, Storage, invocations',
      'Instances',
      'Together without the model',
    ],
    rows,
  )
}

export function limits(): string {
  return table(
    ['Service', 'Limit', 'Source', 'Read', 'Remark'],
    Object.values(LIMITS).map(({ service, limit, source, read, verified, note }) => [
      service,
      limit,
      source,
      read,
      verified ? note : `**Not verified.** ${note}`,
    ]),
  )
}
