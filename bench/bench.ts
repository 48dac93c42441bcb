// `npm run bench`: our way of a photo beside the libraries under it and beside others that do the same. docs/performance.md
import { parseArgs } from 'node:util'
import { FULL, type Plan, QUICK } from './plan.ts'
import { renderReport } from './report.ts'
import { PARTS, runBench } from './run.ts'
import { PAGE, writeDocs } from './write-docs.ts'

const USAGE = `Usage: npm run bench -- [options]
  --only <part>   one of ${PARTS.map(({ name }) => name).join(', ')}; may be given several times
  --rounds <n>    how often each case is measured (${FULL.rounds})
  --seed <n>      of the order of the cases, to have an order again
  --quick         small pictures, few rounds: only to see that it runs
  --json          one JSON document on stdout (npm run --silent bench -- --json) instead of Markdown
  --write-docs    also writes the report into docs/performance.md`

type Options = { plan: Plan; only: string[] | undefined; seed: number; json: boolean; writeDocs: boolean }

/** @throws Error that says what is wrong with the arguments */
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
    if (!names.includes(name)) throw new Error(`There is no part "${name}"`)
  }
  const rounds = values.rounds === undefined ? plan.rounds : wholeNumber('--rounds', values.rounds, 1)
  if (values['write-docs'] && (values.only || values.quick || rounds < FULL.rounds)) {
    throw new Error(`--write-docs takes a whole run of at least ${FULL.rounds} rounds`)
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
  throw new Error(`${name} is a whole number of at least ${least}, not "${text}"`)
}

/** To stderr: one line that is written over on a terminal; elsewhere a line every few seconds. */
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
    process.stderr.write(`Written into ${PAGE}\n`)
  }
}

await main()
