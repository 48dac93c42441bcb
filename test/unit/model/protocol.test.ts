import { describe, expect, it } from 'vitest'
import type { Mechanisms } from '../../model/mechanisms.ts'
import { MUTATIONS } from '../../model/mutations.ts'
import { SCENARIOS, type ScenarioName } from '../../model/scenarios.ts'
import { simulate } from '../../model/simulate.ts'
import { consequencesOf, runJob, type Tally } from '../../model/tally.ts'
import { runSeed } from '../../support/seed.ts'

const names = Object.keys(SCENARIOS) as ScenarioName[]
/** Where workers come and go for days a world takes ten times as long. */
const LONG = new Set<ScenarioName>(['harsh', 'crowded', 'asked again', 'swept while stored'])
const KNOWN_SEED = 1

const PHOTOS = 300
const photosOf = (scenario: ScenarioName) => (LONG.has(scenario) ? PHOTOS / 4 : PHOTOS)

function run(
  scenario: ScenarioName,
  seed: number,
  change: Partial<Mechanisms> = {},
  photos = photosOf(scenario),
): Tally {
  return runJob({ scenario, change, seed, from: 0, to: photos })
}

describe('the delivery protocol', () => {
  it.each(names.flatMap((name) => [...new Set([KNOWN_SEED, runSeed])].map((seed) => ({ name, seed }))))(
    'keeps its promises, scenario $name, seed $seed',
    ({ name, seed }) => {
      const tally = run(name, seed)
      expect(tally.uploads).toBeGreaterThan(photosOf(name))
      expect(
        tally.violations,
        `npm run test:model -- --scenario '${name}' --seed ${seed} --photo <first>`,
      ).toEqual({})
    },
  )

  it('pays for hardly more requests than it needs while 30 % of them fail', () => {
    const { paid, steps } = run('faulty model', KNOWN_SEED)
    expect(paid / steps).toBeLessThan(1.3)
  })
})

describe('without one of its mechanisms the delivery protocol breaks a promise, or costs more:', () => {
  const byPromise = MUTATIONS.filter(({ costs, masked, rare }) => !costs && (!masked || rare))
  const byComparison = MUTATIONS.filter((mutation) => !byPromise.includes(mutation))

  it.each(byPromise)('$name', ({ scenario, change: taken, masked }) => {
    const change = { ...masked?.without, ...taken }
    const all = { scenario, change, seed: KNOWN_SEED, from: 0, to: 5000 }
    expect(runJob(all, true).violations).not.toEqual({})
  })

  it.each(byComparison)('$name', ({ scenario, change, masked }) => {
    const mutated = run(scenario, KNOWN_SEED, { ...masked?.without, ...change })
    expect(consequencesOf(mutated, run(scenario, KNOWN_SEED, masked?.without))).not.toEqual([])
  })
})

describe('while the model service is down', () => {
  it('no photo gives up that was never paid', () => {
    expect(run('model down', KNOWN_SEED).gaveUp).toBe(0)
  })
})

describe('simulate()', () => {
  it('does the same for the same seed', () => {
    const told = [0, 1].map(() => {
      const lines: string[] = []
      simulate(SCENARIOS.crowded, {}, 7, 3, (atMs, worker, what) => lines.push(`${atMs} ${worker} ${what}`))
      return lines
    })
    expect(told[0]!.length).toBeGreaterThan(10)
    expect(told[0]).toEqual(told[1])
  })
})
