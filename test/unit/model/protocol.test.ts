import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MUTATIONS } from '../../model/mutations.ts'
import { runJobs } from '../../model/pool.ts'
import { SCENARIOS, type ScenarioName } from '../../model/scenarios.ts'
import { type Job, meanBilled, type Tally } from '../../model/tally.ts'
import { runSeed } from '../../support/seed.ts'

// A small part of `npm run test:model`, which runs every scenario for longer and every mutation.

const NAMES = Object.keys(SCENARIOS) as ScenarioName[]
/** Scenarios that take much longer per photo, because there are many deliveries. */
const SLOW = new Set<ScenarioName>(['harsh', 'crowded', 'many reruns', 'swept during store', 'model down'])
const photosOf = (scenario: ScenarioName) => (SLOW.has(scenario) ? 40 : 150)

const quickMutations = MUTATIONS.filter(({ costs, masked, rare }) => !costs && !masked && !rare)

const jobs: Record<string, Job> = Object.fromEntries([
  ...NAMES.map((scenario) => [
    scenario,
    { scenario, change: {}, seed: runSeed, from: 0, to: photosOf(scenario) },
  ]),
  ...quickMutations.map(({ name, scenario, change }) => [
    name,
    { scenario, change, seed: runSeed, from: 0, to: 2000, untilViolation: true },
  ]),
])

describe('annotateImage(), the queue and the sweeper, with faults in virtual time', () => {
  const tallies: Record<string, Tally> = {}
  beforeAll(async () => {
    const results = await runJobs(Object.values(jobs))
    for (const [index, name] of Object.keys(jobs).entries()) tallies[name] = results[index]!
  }, 120_000)

  it.each(NAMES)(`keep every promise, scenario %s, seed ${runSeed}`, (name) => {
    const { uploads, violations } = tallies[name]!
    expect(uploads).toBeGreaterThan(photosOf(name))
    const replay = `npm run test:model -- --scenario '${name}' --seed ${runSeed} --photo <first>`
    expect({ replay, violations }).toEqual({ replay, violations: {} })
  })

  it('bill few requests twice while 30 % of them fail', () => {
    expect(meanBilled(tallies['faulty model']!)).toBeLessThan(1.3)
  })

  it('let no photo give up that was never billed, while the model service is down', () => {
    expect(tallies['model down']!.gaveUp).toBe(0)
  })

  it.each(quickMutations)('break a promise with this mutation: $name', ({ name }) => {
    expect(tallies[name]!.violations).not.toEqual({})
  })
})

it('simulate() gives the same events for the same seed', () => {
  const trace = () =>
    execFileSync(
      process.execPath,
      [
        join(import.meta.dirname, '../../model/run.ts'),
        '--photo',
        '3',
        '--seed',
        '7',
        '--scenario',
        'crowded',
      ],
      { encoding: 'utf8' },
    )
  const first = trace()
  expect(first.split('\n').length).toBeGreaterThan(10)
  expect(trace()).toBe(first)
})
