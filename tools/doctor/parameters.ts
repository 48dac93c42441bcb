import type { Config } from '../../functions/src/config/config.ts'
import { PARAMETERS, region } from '../../functions/src/config/params.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Finding } from './finding.ts'
import { nearestName } from './near-names.ts'
import type { ParameterFiles } from './parameter-files.ts'

export type Parameters = {
  /** Undefined when the values cannot be used: then nothing that depends on them can be looked at. */
  config: Config | undefined
  region: string
  findings: Omit<Finding, 'check'>[]
}

const NAMES = PARAMETERS.map(({ name }) => name)
/** A secret in a file is in everybody's checkout, and firebase-tools refuses to deploy a function that has it both ways. */
const SECRETS = new Set(['GEMINI_API_KEY', 'GOOGLE_API_KEY'])
/** Variables of Node and of the C library, which belong in these files as well. */
const OTHERS = /^(MALLOC_|NODE_|UV_|VIPS_|TZ$|LOG_|GOOGLE_CLOUD_)/

/** What the files say, through the code's own reader. */
export function checkParameters({ files, values }: ParameterFiles, folder: string): Parameters {
  const findings: Parameters['findings'] = [...checkNames(values, folder)]
  let config: Config | undefined
  try {
    config = readConfig(values)
  } catch (error) {
    const lines = (error as Error).message.split('\n').slice(1)
    findings.push({
      state: 'mend',
      found: lines.map((line) => line.replace(/^[✖\s]+/, '').trim()).join(' '),
      right: 'values within their bounds: docs/configuration.md',
      command: `$EDITOR ${folder}/${files.at(-1) ?? '.env'}`,
    })
  }
  if (findings.length === 0) {
    findings.push({ state: 'ok', found: summary(files, values), ...adviceOf(values, config) })
  }
  return { config, region: values[region.name] ?? (region.options.default as string), findings }
}

function* checkNames(values: Record<string, string>, folder: string): Generator<Omit<Finding, 'check'>> {
  for (const name of Object.keys(values)) {
    if (SECRETS.has(name)) {
      yield {
        state: 'mend',
        found: `${name} is in a file of parameters`,
        right: 'a secret, which no file of the checkout holds',
        command: `firebase functions:secrets:set ${name}   # and take it out of ${folder}/.env*`,
      }
      continue
    }
    if (NAMES.includes(name) || OTHERS.test(name)) continue
    const meant = nearestName(name, NAMES)
    if (!meant) continue
    yield {
      state: 'mend',
      found: `${name} is no parameter, so its value is not used`,
      right: `${meant}, if that is what is meant`,
      command: `$EDITOR ${folder}/.env*`,
    }
  }
}

function summary(files: string[], values: Record<string, string>): string {
  const set = NAMES.filter((name) => name in values).length
  if (set === NAMES.length) return `all ${set} set in ${files.join(', ')}`
  return `${set} of ${NAMES.length} set in ${files.join(', ') || 'no file'}, the others at their defaults`
}

function adviceOf(values: Record<string, string>, config: Config | undefined): { advice?: string[] } {
  const strange = Object.keys(values).filter((name) => !NAMES.includes(name) && !OTHERS.test(name))
  const advice = [
    ...(strange.length > 0 ? [`No parameters of Firesight: ${strange.join(', ')}.`] : []),
    ...(config && !config.enforceAppCheck
      ? ['Calls are taken from any app, ENFORCE_APP_CHECK is false: recommended once the app uses App Check.']
      : []),
    ...(config && config.corsOrigins.length === 0
      ? ["Web apps may call from the project's own Hosting sites alone, CORS_ORIGINS is empty."]
      : []),
  ]
  return advice.length > 0 ? { advice } : {}
}
