import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../paths.ts'

export const HELP = `Usage: npm run eval -- --images <folder> [options]
       npm run eval -- --drawn [number of scenes] [options]
       npm run eval -- --compare <run.json> <run.json> [--out <folder>]

Runs "describe" and "locate" with the configured model over photos, and writes a report: report.html, the small
pictures it shows, and run.json. The photos pass through the code of the functions, without Firebase.

  --images <folder>      photos of this folder (png, jpg, webp, heic, heif), without subfolders, by name
  --drawn [number]       drawn scenes with known objects (default: 20): reports precision, recall and mask IoU
  --compare <a> <b>      writes a report of two earlier runs side by side, and asks no model
  --against <run.json>   after the run, compares it with an earlier one (compare.html)
  --out <folder>         folder of the report (default: artifacts/eval/<time>)
  --name <text>          name of the run in reports (default: the models)
  --limit <number>       at most this number of photos
  --concurrency <number> photos at a time (default: 4)
  --seed <number>        of the drawn scenes (default: 1)
  --project <id>         also read the settings of functions/.env.<id>
  --parameters <folder>  folder of the .env files (default: functions)
  --yes                  do not ask before requests that cost money
  --help                 show this help

Settings such as LOCATE_MODEL, GEMINI_PROVIDER or MASK_POINTS (docs/configuration.md) come from the environment, then from the .env
files. GEMINI_API_KEY is the key of the Gemini API. Without a key, and without GEMINI_PROVIDER=vertex-ai, a local
Gemini API is started, and the report says so.

Exit codes: 0 every photo has a complete result, 1 some have not (the report shows which) or you did not confirm the
cost, 2 wrong usage, 128 + signal after Ctrl-C (130) or another signal.`

/** The command cannot run as it was called. The message says what was found and what is right. */
export class WrongUsage extends Error {}

type RunOptions = {
  name: string | undefined
  limit: number | undefined
  concurrency: number
  against: string | undefined
  project: string | undefined
  parameters: string
  yes: boolean
}

export type Options = { out: string } & (
  | { mode: 'help' }
  | { mode: 'compare'; a: string; b: string }
  | ({ mode: 'images'; folder: string } & RunOptions)
  | ({ mode: 'drawn'; scenes: number; seed: number } & RunOptions)
)

const DEFAULT_SCENES = 20
const MAX_SCENES = 1000

/** @throws WrongUsage, or the error of `parseArgs` for an unknown option */
export function readOptions(args: string[], now: Date): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      images: { type: 'string' },
      drawn: { type: 'boolean', default: false },
      compare: { type: 'boolean', default: false },
      against: { type: 'string' },
      out: { type: 'string' },
      name: { type: 'string' },
      limit: { type: 'string' },
      concurrency: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      project: { type: 'string' },
      parameters: { type: 'string', default: relative(process.cwd(), join(root, 'functions')) },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const out = values.out ?? relative(process.cwd(), join(root, 'artifacts/eval', time))
  if (values.help) return { mode: 'help', out }
  const modes = [
    values.images !== undefined && '--images',
    values.drawn && '--drawn',
    values.compare && '--compare',
  ]
  const chosen = modes.filter((mode) => mode !== false)
  if (chosen.length !== 1) {
    const found = chosen.length === 0 ? 'found none of them' : `found ${chosen.join(' and ')}`
    throw new WrongUsage(`Expected one of --images, --drawn and --compare, ${found}. See --help`)
  }
  if (values.compare) {
    const [a, b, ...more] = positionals
    if (!a || !b || more.length > 0)
      throw new WrongUsage(
        `--compare needs two runs, found ${positionals.length}: --compare a/run.json b/run.json`,
      )
    return { mode: 'compare', a, b, out }
  }
  const run: RunOptions = {
    name: values.name,
    limit: values.limit === undefined ? undefined : wholeNumber('--limit', values.limit, 1_000_000),
    concurrency: wholeNumber('--concurrency', values.concurrency, 64),
    against: values.against,
    project: values.project,
    parameters: values.parameters,
    yes: values.yes,
  }
  if (values.drawn) {
    const [scenes = String(DEFAULT_SCENES), ...more] = positionals
    if (more.length > 0) throw new WrongUsage(`Unexpected argument "${more[0]}". See --help`)
    const seed = wholeNumber('--seed', values.seed, 2 ** 31)
    return { mode: 'drawn', scenes: wholeNumber('--drawn', scenes, MAX_SCENES), seed, out, ...run }
  }
  if (positionals.length > 0) throw new WrongUsage(`Unexpected argument "${positionals[0]}". See --help`)
  return { mode: 'images', folder: values.images!, out, ...run }
}

function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new WrongUsage(`${option} is "${text}": expected a whole number from 1 to ${most}`)
}

/** A report is never mixed with other files. @throws WrongUsage */
export function checkOut(folder: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory())
    throw new WrongUsage(`--out is ${folder}: this is a file, not a folder`)
  const files = readdirSync(folder)
  if (files.length > 0)
    throw new WrongUsage(
      `--out is ${folder}: the folder has ${files.length} files. Choose an empty or new folder`,
    )
}
