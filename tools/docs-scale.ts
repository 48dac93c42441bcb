import { IN_2026 } from './cost/figures.ts'
import { table } from './docs-table.ts'
import { money, number, whole } from './scale/formats.ts'
import { storageDollars, sweepDollars } from './scale/library-costs.ts'
import { LIBRARIES, libraryCosts, scans, sweeps, total } from './scale/library-tables.ts'
import { DAY_SECONDS, demandOf, modelDollars } from './scale/rates.ts'
import { exceeded, namesOf, parametersOf } from './scale/reached.ts'
import { scanTimes } from './scale/sweep-times.ts'
import { bottlenecks, limits, RATES, rateCosts, rates } from './scale/upload-tables.ts'

/** The tables of docs/scale.md. */
export const scaleTables: Record<string, () => string> = {
  summary,
  bottlenecks,
  rates,
  rateCosts,
  sweeps,
  libraryCosts,
  scans,
  total,
  limits,
}

/** The answer for each rate and each library, in one line. */
function summary(): string {
  const rateRows = RATES.map((rate) => {
    const { photosPerMonth, operationDollars, instanceDollars } = demandOf(rate)
    const model = photosPerMonth * modelDollars(IN_2026)
    return [
      `${number(rate)} ${rate === 1 ? 'upload' : 'uploads'} a second`,
      namesOf(exceeded(rate, 'raised')) || namesOf(exceeded(rate, 'byDefault')),
      `${whole(model)} for the model (2026), ${whole(operationDollars + instanceDollars)} for the rest`,
      parametersOf(exceeded(rate, 'byDefault')),
    ]
  })
  const libraryRows = LIBRARIES.map((photos) => {
    const newPerDay = photos / 100
    const { daily, full } = sweepDollars(photos, newPerDay)
    const rate = newPerDay / DAY_SECONDS
    const scanLimits = scanTimes(photos, newPerDay).limits
    const reached = [...exceeded(rate, 'byDefault'), ...scanLimits]
    return [
      `${number(photos)} photos, ${number(newPerDay)} new a day`,
      namesOf([...exceeded(rate, 'raised'), ...scanLimits]) || namesOf(reached) || 'none',
      `${money(storageDollars(photos))} for storage, ${money(daily + full)} for sweeps`,
      parametersOf(reached),
    ]
  })
  return table(
    ['Scale', 'Limit that is reached', 'Dollars a month', 'Parameters to raise'],
    [...rateRows, ...libraryRows],
  )
}
