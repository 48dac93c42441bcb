import type { Config } from '../../functions/src/config/config.ts'
import { BACKFILL_OPTIONS } from '../../functions/src/config/function-options.ts'
import { VARIABLES } from '../../functions/src/config/params.ts'
import { readParameters } from '../../functions/src/config/read-config.ts'
import { settings } from '../../functions/src/config/settings.ts'
import type { Finding } from './finding.ts'
import type { ParameterFiles } from './parameter-files.ts'

export type Parameters = {
  /** Undefined if the values are invalid. Checks that depend on them are then skipped. */
  config: Config | undefined
  region: string
  findings: Omit<Finding, 'check'>[]
}

const NAMES = VARIABLES.map(({ name }) => name)
/**
 * Must not be in files: they may be committed, and firebase-tools rejects a name that is also a bound secret.
 */
const SECRETS = new Set(['GEMINI_API_KEY', 'GOOGLE_API_KEY'])
/** Earlier names, and variables of Node and of the C library, which can be in these files too. */
const OTHERS = /^(HEIC_ENABLED$|MALLOC_|NODE_|UV_|VIPS_|TZ$|LOG_|GOOGLE_CLOUD_)/

/** Validates the files with the reader of the functions. */
export function checkParameters({ files, values }: ParameterFiles, folder: string): Parameters {
  const findings: Parameters['findings'] = [...checkNames(values, folder)]
  let config: Config | undefined
  try {
    config = readParameters(values)
  } catch (error) {
    const lines = (error as Error).message.split('\n').slice(1)
    findings.push({
      state: 'problem',
      found: lines.map((line) => line.replace(/^[✖\s]+/, '').trim()).join(' '),
      expected: 'values within their bounds (docs/configuration.md)',
      command: `$EDITOR ${folder}/${files.at(-1) ?? '.env'}`,
    })
  }
  if (findings.length === 0) {
    findings.push({ state: 'ok', found: summary(files, values), ...notesOf(values, config) })
  }
  return { config, region: values.FUNCTIONS_REGION || 'us-central1', findings }
}

function* checkNames(values: Record<string, string>, folder: string): Generator<Omit<Finding, 'check'>> {
  for (const name of Object.keys(values)) {
    if (SECRETS.has(name)) {
      yield {
        state: 'problem',
        found: `${name} is in a parameter file`,
        expected: 'a secret in Secret Manager, not in a file',
        command: `firebase functions:secrets:set ${name}   # and remove it from ${folder}/.env*`,
      }
      continue
    }
    if (NAMES.includes(name) || OTHERS.test(name)) continue
    const similar = similarName(name, NAMES)
    if (!similar) continue
    yield {
      state: 'problem',
      found: `${name} is not a parameter, so its value is ignored`,
      expected: `probably ${similar}`,
      command: `$EDITOR ${folder}/.env*`,
    }
  }
}

function summary(files: string[], values: Record<string, string>): string {
  const set = NAMES.filter((name) => name in values).length
  if (set === NAMES.length) return `all ${set} set in ${files.join(', ')}`
  return `${set} of ${NAMES.length} set in ${files.join(', ') || 'no file'}, the others have their defaults`
}

function notesOf(values: Record<string, string>, config: Config | undefined): { notes?: string[] } {
  const unknown = Object.keys(values).filter((name) => !NAMES.includes(name) && !OTHERS.test(name))
  const notes = [
    ...(unknown.length > 0 ? [`Not parameters of Firesight: ${unknown.join(', ')}.`] : []),
    ...('HEIC_ENABLED' in values
      ? ['HEIC_ENABLED is an earlier name: set HEIC instead, and remove it.']
      : []),
    ...(config && !config.enforceAppCheck
      ? ['ENFORCE_APP_CHECK is false: any app can call. Set it to true when your apps use App Check.']
      : []),
    ...(config && config.corsOrigins.length === 0
      ? ["CORS_ORIGINS is empty: only web apps on the project's Hosting sites can call."]
      : []),
    ...(config?.backfillServiceTier === 'flex' && concurrencyOf(values) < BACKFILL_OPTIONS.concurrency
      ? [
          `BACKFILL_SERVICE_TIER is flex with BACKFILL_CONCURRENCY ${concurrencyOf(values)}: the waiting instances cost more than the tier saves. Set it to ${BACKFILL_OPTIONS.concurrency} or more.`,
        ]
      : []),
  ]
  return notes.length > 0 ? { notes } : {}
}

function concurrencyOf(values: Record<string, string>): number {
  return Number(values[settings.backfillConcurrency.name] ?? settings.backfillConcurrency.default)
}

/** The most similar name, at most two edits away. Ignores case and underscores. */
function similarName(text: string, names: string[]): string | undefined {
  const bare = (name: string) => name.replaceAll('_', '').toUpperCase()
  const near = names
    .map((name) => ({ name, distance: editDistance(bare(text), bare(name)) }))
    .filter(({ name, distance }) => distance <= Math.min(2, bare(name).length / 4))
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.name
}

/** The Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed))
    }
  }
  return row[b.length] ?? 0
}
