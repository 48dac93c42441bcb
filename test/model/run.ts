// `npm run test:model`: the production pipeline over simulated uploads in virtual time, and without each of
// its mechanisms.
import { parseArgs } from 'node:util'
import { MUTATIONS, type Mutation } from './mutations.ts'
import { runJobs } from './pool.ts'
import { renderMutations, renderScenarios } from './report.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'
import { simulate } from './simulate.ts'
import { consequencesOf, hasViolations, type Job } from './tally.ts'

const USAGE = `Usage: npm run test:model -- [options]
  --uploads <n>       simulated uploads, at least (1,000,000)
  --seed <n>          replays a run (default: FIRESIGHT_SEED, or a fresh seed)
  --photo <n>         prints what happens to one photo instead, with
  --scenario <name>   ${Object.keys(SCENARIOS).join(' | ')}
  --mutation <name>   a mechanism to remove, from the table of mutations (none)`

/** The part of the uploads that each scenario gets. */
const SHARES: Record<ScenarioName, number> = {
  'no faults': 0.15,
  normal: 0.35,
  'faulty model': 0.2,
  harsh: 0.04,
  'harsh, product limits': 0.06,
  crowded: 0.04,
  'many reruns': 0.02,
  'overwritten during read': 0.06,
  'uploaded during lookup': 0.02,
  'swept during store': 0.02,
  'model down': 0.04,
}

/** Mean uploads of one photo: users overwrite photos, and upload them again after a deletion. */
const UPLOADS_PER_PHOTO = 1.9

/** Photos simulated for each mutation: a part of all photos, and at least these. */
const MUTATED_PART = 0.002
const MIN_MUTATED = 400
const MIN_RARE = 3000

type Options = {
  uploads: number
  seed: number
  photo: number | undefined
  scenario: ScenarioName
  mutation: Mutation | undefined
}

/** @throws Error that explains the invalid argument */
function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { uploads: text, seed: text, photo: text, scenario: text, mutation: text },
  })
  const mutation = MUTATIONS.find(({ name }) => name === values.mutation)
  if (values.mutation && !mutation) throw new Error(`Unknown mutation "${values.mutation}"`)
  const scenario = values.scenario ?? mutation?.scenario ?? 'normal'
  if (!Object.hasOwn(SCENARIOS, scenario)) throw new Error(`Unknown scenario "${scenario}"`)
  const { FIRESIGHT_SEED = String(Date.now() % 1_000_000) } = process.env
  return {
    uploads: wholeNumber('--uploads', values.uploads ?? '1000000'),
    seed: wholeNumber('--seed', values.seed ?? FIRESIGHT_SEED),
    photo: values.photo === undefined ? undefined : wholeNumber('--photo', values.photo),
    scenario: scenario as ScenarioName,
    mutation,
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${name} must be a whole number, not "${text}"`)
}

async function printPhoto(photo: number, { scenario, mutation, seed }: Options): Promise<void> {
  const change = changeOf(mutation)
  const result = await simulate(SCENARIOS[scenario], change, seed, photo, (atMs, worker, event) => {
    process.stdout.write(`${(atMs / 1000).toFixed(1).padStart(10)} s  ${worker.padEnd(28)}  ${event}\n`)
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** @returns whether every promise was kept and every mutation caught */
async function check({ uploads, seed }: Options): Promise<boolean> {
  const names = Object.keys(SCENARIOS) as ScenarioName[]
  const jobOf = (scenario: ScenarioName, photos: number, change: Job['change'] = {}): Job => {
    return { scenario, change, seed, from: 0, to: Math.ceil(photos) }
  }
  const protocol = names.map((name) => jobOf(name, (SHARES[name] * uploads) / UPLOADS_PER_PHOTO))
  const photos = Math.max(MIN_MUTATED, uploads * MUTATED_PART)
  const photosOf = ({ rare }: Mutation) => (rare ? Math.max(MIN_RARE, photos) : photos)
  const mutated = MUTATIONS.map((mutation) =>
    jobOf(mutation.scenario, photosOf(mutation), changeOf(mutation)),
  )
  // The same photos with the mechanism, for comparison.
  const usual = MUTATIONS.map((mutation) =>
    jobOf(mutation.scenario, photosOf(mutation), mutation.masked?.without),
  )
  const compared = [...new Map(usual.map((job) => [keyOf(job), job])).values()]
  const jobs = [...protocol, ...mutated, ...compared]
  process.stdout.write(`seed ${seed}\n`)
  const tallies = await runJobs(jobs, showProgress(jobs.reduce((sum, { to }) => sum + to, 0)))
  const scenarios = names.map((name, index) => ({ name, tally: tallies[index]! }))
  const comparedKeys = compared.map(keyOf)
  const rows = MUTATIONS.map((mutation, index) => ({
    mutation,
    mutated: tallies[protocol.length + index]!,
    usual: tallies[protocol.length + mutated.length + comparedKeys.indexOf(keyOf(usual[index]!))]!,
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

const PROGRESS_MS = 10_000

/** Writes progress to stderr. */
function showProgress(total: number): (photos: number) => void {
  let done = 0
  let last = performance.now()
  return (photos) => {
    done += photos
    if (performance.now() - last < PROGRESS_MS) return
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
  if (options.photo !== undefined) await printPhoto(options.photo, options)
  else if (!(await check(options))) process.exitCode = 1
}

await main()
