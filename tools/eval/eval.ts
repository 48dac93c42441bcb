// `npm run eval`: runs the model steps over photos, and writes a report. docs/eval.md
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { pathToFileURL } from 'node:url'
import type { Config } from '../../functions/src/config/config.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { VisionError } from '../../functions/src/errors.ts'
import { estimatePhoto } from '../../functions/src/quota/estimate-upload.ts'
import { readParameterFiles } from '../doctor/parameter-files.ts'
import { totalAccuracy } from './accuracy.ts'
import { comparePage } from './compare-page.ts'
import { evaluate } from './evaluate.ts'
import { dollars, duration, percent, plural, printable, whole } from './format.ts'
import { checkOut, HELP, type Options, readOptions, WrongUsage } from './options.ts'
import { progressLine } from './progress.ts'
import { reportPage } from './report-page.ts'
import { type Run, readRun, type StoredRun, writeRun } from './run-file.ts'
import { type Samples, samplesOfFolder, samplesOfScenes } from './samples.ts'
import { openTarget, type Target, targetOf } from './target.ts'
import { totalsOf } from './totals.ts'

type RunOptions = Extract<Options, { mode: 'images' | 'drawn' }>

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
  const { source, samples, note } =
    options.mode === 'drawn'
      ? samplesOfScenes(options.scenes, options.seed, options.limit)
      : samplesOfFolder(options.folder, options.limit)
  if (note) console.log(`${note}.`)
  const environment = environmentOf(options)
  const config = configOf(environment)
  const target = targetOf(config, environment)
  console.log(`${plural(samples.length, 'photo')} of ${source}, answered by ${target.description}.`)
  if (!target.local && !(await isConfirmed(samples.length, config, options.yes))) return 2
  const run = await runAll(samples, source, { options, config, target })
  writeFileSync(join(options.out, 'report.html'), reportPage(run))
  printTotals(run, options.out)
  if (earlier) writeComparison(earlier, { run, folder: options.out }, options.out)
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
  const answer = await prompt.question('Send them? [y/N] ')
  prompt.close()
  if (/^y(es)?$/i.test(answer.trim())) return true
  console.log('Nothing was sent.')
  return false
}

async function runAll(
  samples: Samples['samples'],
  source: string,
  { options, config, target }: { options: RunOptions; config: Config; target: Target },
): Promise<Run> {
  const startedAt = new Date().toISOString()
  mkdirSync(options.out, { recursive: true })
  const stop = new AbortController()
  const onInterrupt = () => {
    console.error(
      'Stopping: running photos end, and the report is written. Press Ctrl-C again to quit at once.',
    )
    stop.abort(new VisionError('interrupted', 'The evaluation was interrupted'))
  }
  process.once('SIGINT', onInterrupt)
  const opened = await openTarget(target, config, { detector: options.mode === 'images' })
  try {
    let done = 0
    const context = { config, target: opened, out: options.out, stop: stop.signal }
    const { photos, stoppedBy } = await evaluate(samples, options.concurrency, context, (photo) => {
      console.log(progressLine(photo, ++done, samples.length))
    })
    const stopped = stoppedBy
      ? stopMessage(stoppedBy, target)
      : stop.signal.aborted
        ? 'It was interrupted.'
        : undefined
    if (stopped) console.error(printable(`The run was stopped. ${stopped}`))
    const run: Run = {
      version: 1,
      name: options.name ?? nameOf(config),
      startedAt,
      finishedAt: new Date().toISOString(),
      source,
      model: { description: target.description, local: target.local },
      settings: settingsOf(config),
      concurrency: options.concurrency,
      ...(stopped && { stopped }),
      photos,
    }
    writeRun(options.out, run)
    return run
  } finally {
    process.off('SIGINT', onInterrupt)
    await opened.close()
  }
}

function stopMessage({ code, message }: VisionError, { local, provider }: Target): string {
  const fix: Partial<Record<VisionError['code'], string>> = {
    'model-misconfigured':
      provider.name === 'vertex-ai'
        ? 'Check the project, its API aiplatform.googleapis.com, and your sign-in (gcloud auth application-default login).'
        : local
          ? 'Check the settings.'
          : 'Check the key in GEMINI_API_KEY: https://aistudio.google.com/apikey',
    'model-not-found': 'Check DESCRIBE_MODEL and LOCATE_MODEL (docs/configuration.md).',
    'model-budget-spent': 'Raise the budget of the project, or wait.',
    'model-day-limit': 'The daily limit of the model resets at midnight, Pacific time.',
  }
  return `${code}: ${message}. ${fix[code] ?? ''}`.replace('..', '.').trim()
}

function nameOf({ describeModel, locateModel }: Config): string {
  return describeModel === locateModel ? describeModel : `${describeModel} and ${locateModel}`
}

/** What changes answers, tokens or cost. No keys: a report may be published. */
function settingsOf(config: Config): Record<string, string> {
  return {
    GEMINI_PROVIDER: config.provider,
    DESCRIBE_MODEL: config.describeModel,
    LOCATE_MODEL: config.locateModel,
    FALLBACK_MODEL: config.fallbackModel || '(none)',
    DESCRIBE_MEDIA_RESOLUTION: config.describeMediaResolution,
    LOCATE_MEDIA_RESOLUTION: config.locateMediaResolution,
    PROMINENT_OBJECTS: String(config.prominentObjects),
    MASK_POINTS: String(config.maskPoints),
    MAX_OBJECTS: String(config.maxObjects),
    FULL_RESOLUTION: String(config.fullResolution),
    HEIC: config.heic,
  }
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
  for (const [name, { folder }] of Object.entries({ a, b })) {
    const pictures = join(folder, 'pictures')
    if (existsSync(pictures)) cpSync(pictures, join(out, 'compared', name, 'pictures'), { recursive: true })
  }
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
