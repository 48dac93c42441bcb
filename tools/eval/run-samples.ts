import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../functions/src/config/config.ts'
import type { VisionError } from '../../functions/src/errors.ts'
import type { Interruption } from '../interruption.ts'
import { evaluate } from './evaluate.ts'
import { oneLine } from './format.ts'
import type { Options } from './options.ts'
import { progressLine } from './progress.ts'
import { reportPage } from './report-page.ts'
import { NOT_RUN } from './result-of.ts'
import { type PhotoResult, type Run, writeRun } from './run-file.ts'
import type { Samples } from './samples.ts'
import { openTarget, type Target } from './target.ts'

export type RunOptions = Extract<Options, { mode: 'images' | 'drawn' }>

type Context = { options: RunOptions; config: Config; target: Target; interruption: Interruption }

/**
 * Runs all samples. run.json is written after each photo, because its answers are paid: it is complete also
 * if this process is killed.
 */
export async function runSamples(
  { samples, source }: Samples,
  { options, config, target, interruption }: Context,
): Promise<Run> {
  const startedAt = new Date().toISOString()
  const opened = await openTarget(target, config, { detector: options.mode === 'images' })
  if (opened.note) console.error(opened.note)
  const photos: PhotoResult[] = samples.map(({ name }) => ({ name, ...NOT_RUN }))
  const runOf = (stopped: string | undefined): Run => ({
    version: 1,
    name: options.name ?? nameOf(config),
    startedAt,
    finishedAt: new Date().toISOString(),
    source,
    model: { description: opened.description, local: target.local },
    settings: settingsOf(config),
    concurrency: options.concurrency,
    ...(stopped !== undefined && { stopped }),
    photos,
  })
  const save = (stopped: string | undefined) => {
    const run = runOf(stopped)
    writeRun(options.out, run)
    writeFileSync(join(options.out, 'report.html'), reportPage(run))
    return run
  }
  const onStop = () => {
    save('It was interrupted.') // A supervisor may kill the process before the running photos end.
    console.error(
      'Stopping: running photos end, and the report is written. Press Ctrl-C again to quit at once.',
    )
  }
  const onForce = () => {
    save('It was interrupted. Photos that were running are not in the report.')
    process.exit(interruption.exitCode())
  }
  const { stop, force } = interruption
  mkdirSync(options.out, { recursive: true })
  stop.addEventListener('abort', onStop)
  force.addEventListener('abort', onForce)
  try {
    let done = 0
    const context = { config, target: opened, out: options.out, stop }
    const stoppedBy = await evaluate(samples, options.concurrency, context, (photo, index) => {
      photos[index] = photo
      writeRun(options.out, runOf(stop.aborted ? 'It was interrupted.' : 'The command has not finished.'))
      console.log(progressLine(photo, ++done, samples.length))
    })
    const stopped = stoppedBy
      ? stopMessage(stoppedBy, target)
      : stop.aborted
        ? 'It was interrupted.'
        : undefined
    if (stopped !== undefined) console.error(oneLine(`The run was stopped. ${stopped}`))
    return save(stopped)
  } finally {
    stop.removeEventListener('abort', onStop)
    force.removeEventListener('abort', onForce)
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
