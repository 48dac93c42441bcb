// `npm run test:reliability`: the real handlers, stores and model adapter over uploads in a world full of faults.
import { parseArgs } from 'node:util'
import { simulateHeard } from './heard-simulation.ts'
import { killWorkers } from './killed/kill-workers.ts'
import { isBroken, renderResult, renderViolations } from './report.ts'
import type { Tally } from './tally.ts'

const USAGE = `Usage: npm run test:reliability -- [options]
  --uploads <n>   at least (1,000)
  --seed <n>      to have a world again
  --kills <n>     instead: worker processes, so many of them killed with SIGKILL while they work
  --photo <id>    also tells what happened to one photo, by its name, such as users/owner0/uploads/0.png`

/** @throws Error that says what is wrong with the arguments */
function readOptions(args: string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args, options: { uploads: text, seed: text, photo: text, kills: text } })
  return {
    uploads: wholeNumber('--uploads', values.uploads ?? '1000'),
    seed: wholeNumber('--seed', values.seed ?? String(Date.now() % 1_000_000)),
    photo: values.photo,
    kills: values.kills === undefined ? undefined : wholeNumber('--kills', values.kills),
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${name} is a whole number, not "${text}"`)
}

async function main(): Promise<void> {
  let options: ReturnType<typeof readOptions>
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`)
    process.exit(2)
  }
  if (options.kills !== undefined) {
    const killed = await killWorkers(options.kills, Math.random)
    process.stdout.write(`${JSON.stringify(killed, null, 2)}\n`)
    process.exitCode = killed.broken.length > 0 ? 1 : 0
    return
  }
  const result = await simulateHeard({ ...options, onProgress: tellProgress })
  process.stdout.write(`${renderResult(result)}\n`)
  if (result.violations.length > 0) process.stdout.write(`\n${renderViolations(result)}\n`)
  if (options.photo !== undefined) process.stdout.write(`\n${result.traceOf(options.photo).join('\n')}\n`)
  process.exitCode = isBroken(result) ? 1 : 0
}

function tellProgress({ counts: { uploads = 0, deliveries = 0 } }: Tally): void {
  process.stderr.write(`${uploads} uploads, ${deliveries} deliveries ...\n`)
}

await main()
