// `npm run test:reliability`: the production handlers, stores and model adapter under faults.
import { parseArgs } from 'node:util'
import { Random } from '../model/random.ts'
import { simulateWithLogs } from './captured-logs.ts'
import { killWorkers } from './killed/kill-workers.ts'
import type { Tally } from './records.ts'
import { isBroken, renderResult, renderViolations } from './report.ts'

const USAGE = `Usage: npm run test:reliability -- [options]
  --uploads <n>   simulated uploads (1,000)
  --seed <n>      replays a run (default: FIRESIGHT_SEED, or a fresh seed)
  --kills <n>     instead: runs worker processes, and kills this many with SIGKILL during their work
  --photo <name>  also prints the trace of one photo, such as users/owner0/uploads/0.png`

/** @throws Error that explains the invalid argument */
function readOptions(args: string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args, options: { uploads: text, seed: text, photo: text, kills: text } })
  const { FIRESIGHT_SEED = String(Date.now() % 1_000_000) } = process.env
  return {
    uploads: wholeNumber('--uploads', values.uploads ?? '1000'),
    seed: wholeNumber('--seed', values.seed ?? FIRESIGHT_SEED),
    photo: values.photo,
    kills: values.kills === undefined ? undefined : wholeNumber('--kills', values.kills),
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${name} must be a whole number, not "${text}"`)
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
    process.stdout.write(`seed ${options.seed}\n`)
    const random = new Random(options.seed)
    const killed = await killWorkers(options.kills, () => random.next())
    process.stdout.write(`${JSON.stringify(killed, null, 2)}\n`)
    process.exitCode = killed.violations.length > 0 ? 1 : 0
    return
  }
  const result = await simulateWithLogs({ ...options, onProgress: printProgress })
  process.stdout.write(`${renderResult(result)}\n`)
  if (result.violations.length > 0) process.stdout.write(`\n${renderViolations(result)}\n`)
  if (options.photo !== undefined) process.stdout.write(`\n${result.traceOf(options.photo).join('\n')}\n`)
  process.exitCode = isBroken(result) ? 1 : 0
}

function printProgress({ counts: { uploads = 0, deliveries = 0 } }: Tally): void {
  process.stderr.write(`${uploads} uploads, ${deliveries} deliveries ...\n`)
}

await main()
