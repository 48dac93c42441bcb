// `npm run test:model`: the delivery protocol over a million uploads of made-up worlds, and without each of its mechanisms.
import { parseArgs } from 'node:util'
import { MUTATIONS, type Mutation } from './mutations.ts'
import { runJobs } from './pool.ts'
import { renderMutations, renderScenarios } from './report.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'
import { simulate } from './simulate.ts'
import { consequencesOf, hasViolations, type Job } from './tally.ts'

const USAGE = `Usage: npm run test:model -- [options]
  --uploads <n>       modelled uploads in all, at least (1,000,000)
  --seed <n>          of the worlds, to have them again
  --photo <n>         tells the life of one photo instead, with
  --scenario <name>   ${Object.keys(SCENARIOS).join(' | ')}
  --mutation <name>   one of the table of mutations (none)`

/** Of the uploads, which part each scenario has. */
const SHARES: Record<ScenarioName, number> = {
  'no faults': 0.15,
  normal: 0.35,
  'faulty model': 0.2,
  harsh: 0.04,
  'harsh, caps of the product': 0.06,
  crowded: 0.04,
  'asked again': 0.02,
  'overwritten while read': 0.06,
  'uploaded while looked for': 0.02,
  'swept while stored': 0.02,
  'model down': 0.04,
}

/** A photo is uploaded twice, about: the others are overwritten, or uploaded anew after they were deleted. */
const UPLOADS_A_PHOTO = 1.9

/** Photos without a mechanism: as a part of all, and at least. */
const MUTATED_LEAST = 400
const RARE_LEAST = 3000
const MUTATED_PART = 0.002

type Options = {
  uploads: number
  seed: number
  photo: number | undefined
  scenario: ScenarioName
  mutation: Mutation | undefined
}

/** @throws Error that says what is wrong with the arguments */
function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { uploads: text, seed: text, photo: text, scenario: text, mutation: text },
  })
  const mutation = MUTATIONS.find(({ name }) => name === values.mutation)
  if (values.mutation && !mutation) throw new Error(`There is no mutation "${values.mutation}"`)
  const scenario = values.scenario ?? mutation?.scenario ?? 'normal'
  if (!Object.hasOwn(SCENARIOS, scenario)) throw new Error(`There is no scenario "${scenario}"`)
  return {
    uploads: wholeNumber('--uploads', values.uploads ?? '1000000'),
    seed: wholeNumber('--seed', values.seed ?? String(Date.now() % 1_000_000)),
    photo: values.photo === undefined ? undefined : wholeNumber('--photo', values.photo),
    scenario: scenario as ScenarioName,
    mutation,
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${name} is a whole number, not "${text}"`)
}

/** Prints what happens to one photo. */
function tellPhoto(photo: number, { scenario, mutation, seed }: Options): void {
  const result = simulate(SCENARIOS[scenario], changeOf(mutation), seed, photo, (atMs, worker, what) => {
    process.stdout.write(`${(atMs / 1000).toFixed(1).padStart(10)} s  ${worker.padEnd(28)}  ${what}\n`)
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

async function check({ uploads, seed }: Options): Promise<boolean> {
  const names = Object.keys(SCENARIOS) as ScenarioName[]
  const jobOf = (scenario: ScenarioName, photos: number, change: Job['change'] = {}): Job => {
    return { scenario, change, seed, from: 0, to: Math.ceil(photos) }
  }
  const wholes = names.map((name) => jobOf(name, (SHARES[name] * uploads) / UPLOADS_A_PHOTO))
  const photos = Math.max(MUTATED_LEAST, uploads * MUTATED_PART)
  const photosOf = ({ rare }: Mutation) => (rare ? Math.max(RARE_LEAST, photos) : photos)
  const mutated = MUTATIONS.map((mutation) =>
    jobOf(mutation.scenario, photosOf(mutation), changeOf(mutation)),
  )
  // The same worlds with the mechanism, to see what it saves.
  const usual = MUTATIONS.map((mutation) =>
    jobOf(mutation.scenario, photosOf(mutation), mutation.masked?.without),
  )
  const compared = [...new Map(usual.map((job) => [keyOf(job), job])).values()]
  const jobs = [...wholes, ...mutated, ...compared]
  process.stdout.write(`seed ${seed}\n`)
  const tallies = await runJobs(jobs, showProgress(jobs.reduce((sum, { to }) => sum + to, 0)))
  const scenarios = names.map((name, index) => ({ name, tally: tallies[index]! }))
  const comparedKeys = compared.map(keyOf)
  const rows = MUTATIONS.map((mutation, index) => ({
    mutation,
    mutated: tallies[wholes.length + index]!,
    usual: tallies[wholes.length + mutated.length + comparedKeys.indexOf(keyOf(usual[index]!))]!,
  }))
  process.stdout.write(`\n${renderScenarios(scenarios)}\n\n${renderMutations(rows)}\n`)
  const sum = scenarios.reduce((all, { tally }) => all + tally.uploads, 0)
  const broken = scenarios.filter(({ tally }) => hasViolations(tally))
  const uncaught = rows.filter((row) => consequencesOf(row.mutated, row.usual).length === 0)
  process.stdout.write(`\n${sum.toLocaleString('en')} uploads; ${broken.length} scenarios with violations; `)
  process.stdout.write(`${uncaught.length} of ${rows.length} mutations not caught\n`)
  for (const { name, tally } of broken) {
    const first = Math.min(...Object.values(tally.violations).map((found) => found.first))
    process.stdout.write(`See npm run test:model -- --seed ${seed} --scenario '${name}' --photo ${first}\n`)
  }
  return broken.length === 0 && uncaught.length === 0
}

function changeOf(mutation: Mutation | undefined): Job['change'] {
  return { ...mutation?.masked?.without, ...mutation?.change }
}

function keyOf({ scenario, change, to }: Job): string {
  return `${scenario} ${to} ${JSON.stringify(change)}`
}

/** To stderr, now and then. */
function showProgress(total: number): (photos: number) => void {
  let done = 0
  let last = performance.now()
  return (photos) => {
    done += photos
    if (performance.now() - last < 10_000) return
    last = performance.now()
    process.stderr.write(`${Math.round((100 * done) / total)} % of ${total.toLocaleString('en')} photos\n`)
  }
}

async function main(): Promise<void> {
  let options: Options
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`)
    process.exit(2)
  }
  if (options.photo !== undefined) tellPhoto(options.photo, options)
  else if (!(await check(options))) process.exitCode = 1
}

await main()
