// `npm run bench`: compares our image processing with the libraries that it uses and with similar tools.
// docs/performance.md
import { parseArgs } from 'node:util'
import { FULL, type Plan, QUICK } from './plan.ts'
import { renderReport } from './report.ts'
import { PARTS, runBench } from './run.ts'
import { PAGE, writeDocs } from './write-docs.ts'

const USAGE = `Usage: npm run bench -- [options]
  --only <part>   run only this part; can be repeated. Parts: ${PARTS.map(({ name }) => name).join(', ')}
  --rounds <n>    number of measurements per case (default ${FULL.rounds})
  --seed <n>      seed for the order of the cases
  --quick         small images and few rounds, to test the bench itself
  --json          print JSON instead of Markdown (npm run --silent bench -- --json)
  --write-docs    also write the report to docs/performance.md`

type Options = { plan: Plan; only: string[] | undefined; seed: number; json: boolean; writeDocs: boolean }

/** @throws Error with a message for the user if an argument is invalid */
function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seed: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
    },
  })
  const plan = values.quick ? QUICK : FULL
  const names = PARTS.map(({ name }) => name)
  for (const name of values.only ?? []) {
    if (!names.includes(name)) throw new Error(`Unknown part "${name}"`)
  }
  const rounds = values.rounds === undefined ? plan.rounds : wholeNumber('--rounds', values.rounds, 1)
  if (values['write-docs'] && (values.only || values.quick || rounds < FULL.rounds)) {
    throw new Error(`--write-docs requires a full run of at least ${FULL.rounds} rounds`)
  }
  return {
    plan: { ...plan, rounds },
    only: values.only,
    seed: values.seed === undefined ? Date.now() % 1_000_000 : wholeNumber('--seed', values.seed, 0),
    json: values.json,
    writeDocs: values['write-docs'],
  }
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`${name} must be a whole number of at least ${least}, not "${text}"`)
}

/** Writes progress to stderr: a single updated line on a terminal, otherwise a line every few seconds. */
function showProgress(): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY
  return (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, process.stderr.columns - 1)}`)
    else if (performance.now() - last > 5000) {
      process.stderr.write(`${text}\n`)
      last = performance.now()
    }
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
  const bench = await runBench({ ...options, now: new Date(), progress: showProgress() })
  process.stderr.write('\n')
  const report = renderReport(bench)
  process.stdout.write(options.json ? `${JSON.stringify(bench)}\n` : `${report}\n`)
  if (options.writeDocs) {
    writeDocs(report)
    process.stderr.write(`Wrote the report to ${PAGE}\n`)
  }
}

await main()
