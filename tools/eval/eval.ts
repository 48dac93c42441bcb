// `npm run eval`: runs the model steps over photos, and writes a report. docs/eval.md
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { pathToFileURL } from 'node:url'
import type { Config } from '../../functions/src/config/config.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { estimatePhoto } from '../../functions/src/quota/estimate-upload.ts'
import { readParameterFiles } from '../doctor/parameter-files.ts'
import { listenForInterruption } from '../interruption.ts'
import { totalAccuracy } from './accuracy.ts'
import { comparePage } from './compare-page.ts'
import { dollars, duration, percent, plural, printable, whole } from './format.ts'
import { checkOut, HELP, readOptions, WrongUsage } from './options.ts'
import { copyPictures } from './pictures.ts'
import { type Run, readRun, type StoredRun } from './run-file.ts'
import { type RunOptions, runSamples } from './run-samples.ts'
import { samplesOfFolder, samplesOfScenes } from './samples.ts'
import { targetOf } from './target.ts'
import { totalsOf } from './totals.ts'

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), new Date())
  if (options.mode === 'help') {
    console.log(HELP)
    return 0
  }
  checkOut(options.out)
  if (options.mode === 'compare') {
    writeComparison(readRun(options.a), readRun(options.b), options.out)
    return 0
  }
  const earlier = options.against === undefined ? undefined : readRun(options.against)
  const all =
    options.mode === 'drawn'
      ? samplesOfScenes(options.scenes, options.seed, options.limit)
      : samplesOfFolder(options.folder, options.limit)
  const { source, samples, note } = all
  if (note) console.log(`${note}.`)
  const environment = environmentOf(options)
  const config = configOf(environment)
  const target = targetOf(config, environment)
  console.log(`${plural(samples.length, 'photo')} of ${source}, answered by ${target.description}.`)
  if (!target.local && !(await isConfirmed(samples.length, config, options.yes))) return 1
  const interruption = listenForInterruption()
  const run = await runSamples(all, { options, config, target, interruption })
  printTotals(run, options.out)
  if (earlier) writeComparison(earlier, { run, folder: options.out }, options.out)
  if (interruption.stop.aborted) return interruption.exitCode()
  return run.photos.every(({ status }) => status === 'succeeded') ? 0 : 1
}

/** The environment, over the .env files of the functions. */
function environmentOf({ parameters, project }: RunOptions): Record<string, string | undefined> {
  if (!existsSync(parameters))
    throw new WrongUsage(`--parameters is ${parameters}: the folder does not exist`)
  const named = project ?? ''
  if (!existsSync(join(parameters, '.env')) && !existsSync(join(parameters, `.env.${named}`))) {
    if (project) throw new WrongUsage(`--project is ${project}: ${parameters} has no .env or .env.${project}`)
    return process.env
  }
  const files = readParameterFiles(parameters, { project: named, emulated: false })
  if ('unreadable' in files) throw new WrongUsage(files.unreadable.found)
  return { ...files.values, ...(project && { GOOGLE_CLOUD_PROJECT: project }), ...process.env }
}

function configOf(environment: Record<string, string | undefined>): Config {
  try {
    return readConfig(environment)
  } catch (error) {
    throw new WrongUsage((error as Error).message)
  }
}

/** A real model costs money. @returns whether to continue */
async function isConfirmed(photos: number, config: Config, yes: boolean): Promise<boolean> {
  const { tokens, usd } = estimatePhoto({ ...config, backfillServiceTier: 'standard' }, new Date())
  const cost =
    usd === undefined
      ? 'an unknown price (set INPUT_TOKEN_PRICE and OUTPUT_TOKEN_PRICE)'
      : dollars(usd * photos)
  console.log(
    `Estimate: ${whole(tokens * photos)} tokens, ${cost}. This is for typical photos; crowded photos cost more (docs/cost.md).`,
  )
  if (yes) return true
  if (!process.stdin.isTTY)
    throw new WrongUsage(
      'These requests cost money, and there is no terminal to ask: confirm them with --yes',
    )
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question('Send them? [y/N] ').catch((error: Error) => {
    if (error.name === 'AbortError') return '' // Ctrl-C and the end of the input close the prompt.
    throw error
  })
  prompt.close()
  if (/^y(es)?$/i.test(answer.trim())) return true
  console.log('Nothing was sent.')
  return false
}

function printTotals({ photos }: Run, out: string): void {
  const { complete, usdPer1000, ms, tokens } = totalsOf(photos)
  const accuracy = totalAccuracy(photos)
  const time = ms.total ? `, ${duration(ms.total.median)} a photo (median)` : ''
  console.log(
    `\n${complete} of ${plural(photos.length, 'photo')} complete, ${whole(tokens.total)} tokens, ${dollars(usdPer1000)} for 1,000 photos${time}.`,
  )
  if (accuracy) {
    const mask = accuracy.meanMaskIou?.toFixed(3) ?? '–'
    console.log(
      `Precision ${percent(accuracy.precision)}, recall ${percent(accuracy.recall)}, mask IoU ${mask}.`,
    )
  }
  console.log(`Report: ${pathToFileURL(resolve(out, 'report.html')).href}`)
}

/** Copies the pictures of both runs, so that the folder can be moved. */
function writeComparison(a: StoredRun, b: StoredRun, out: string): void {
  copyPictures(a, join(out, 'compared/a'))
  copyPictures(b, join(out, 'compared/b'))
  mkdirSync(out, { recursive: true })
  const file = join(out, 'compare.html')
  writeFileSync(file, comparePage(a.run, b.run, { a: 'compared/a/', b: 'compared/b/' }))
  console.log(`Comparison: ${pathToFileURL(resolve(file)).href} (${relative(process.cwd(), file)})`)
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage && !(error instanceof WrongUsage)) throw error
  console.error(printable(error.message))
  process.exitCode = 2
}
