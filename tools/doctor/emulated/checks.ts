import { z } from 'zod'
import type { GenaiClientOptions } from '../../../functions/src/model/gemini/genai-client.ts'
import type { Options } from '../checks.ts'
import { CannotCheck, type Check } from '../finding.ts'
import { modelChecks } from '../models.ts'
import type { Parameters } from '../parameters.ts'
import { questionCheck } from '../question.ts'
import { readJson } from '../read-json.ts'
import type { Target } from '../target.ts'
import { emulatedFunctionChecks, emulatedQueueChecks } from './functions.ts'
import { checkFirestoreRules, checkStorageRules } from './rules.ts'

type Emulators = Extract<Target, { kind: 'emulators' }>

/** The checks of the emulators, in the same order as those of a deployed project. */
export function emulatorChecks(target: Emulators, parameters: Parameters, options: Options): Check[] {
  const { hosts, project, bucket } = target
  const notNeeded = (name: string): Check => ({
    name,
    run: async () => [{ state: 'ok', found: 'not needed in the emulators' }],
  })
  return [
    { name: 'parameters', run: async () => parameters.findings },
    ...modelPart(hosts.gemini, parameters, options),
    { name: 'bucket', run: () => checkStorage(hosts.storage, bucket) },
    {
      name: 'Storage rules',
      run: () => checkStorageRules(required('storage', hosts.storage), project, bucket),
    },
    {
      name: 'Firestore rules',
      run: () => checkFirestoreRules(required('firestore', hosts.firestore), project),
    },
    notNeeded('indexes'),
    notNeeded('TTL, exemptions'),
    ...(hosts.functions
      ? emulatedFunctionChecks(hosts.functions, options.exports)
      : [
          {
            name: 'functions',
            run: async () => [{ state: 'unknown', found: noHost('functions') } as const],
          },
        ]),
    ...emulatedQueueChecks(hosts.tasks, options.exports),
    notNeeded('log exclusions'),
  ]
}

function modelPart(host: string | undefined, { config }: Parameters, { ask, today }: Options): Check[] {
  if (!host) {
    const found = 'GEMINI_EMULATOR_HOST is not set, so the functions do not use the local Gemini API'
    return [{ name: 'models', run: async () => [{ state: 'unknown', found }] }]
  }
  if (!config) return []
  const timeoutMs = config.modelTimeoutSeconds * 1000
  // The local Gemini API lists its models only on Gemini API paths, not on those of Vertex AI.
  const client: GenaiClientOptions = {
    timeoutMs,
    baseUrl: `http://${host}`,
    provider: { name: 'gemini-api', apiKey: () => 'any' },
  }
  return [
    {
      name: 'secret GEMINI_API_KEY',
      run: async () => [{ state: 'ok', found: 'not needed: the local Gemini API accepts any key' }],
    },
    ...modelChecks(config, client, today),
    ...(ask ? [questionCheck(config.describeModel, client, today)] : []),
  ]
}

const buckets = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) })

async function checkStorage(host: string | undefined, name: string): ReturnType<Check['run']> {
  const found = await readJson(`http://${required('storage', host)}/b`, buckets)
  if (!found) throw new CannotCheck('the Storage emulator did not list its buckets')
  return [{ state: 'ok', found: `${name}: the emulator creates buckets on demand` }]
}

function required(name: string, host: string | undefined): string {
  if (host) return host
  throw new CannotCheck(noHost(name))
}

const noHost = (name: string) => `the address of the ${name} emulator is unknown: no variable or hub has it`
