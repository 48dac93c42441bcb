import { z } from 'zod'
import type { GenaiClientOptions } from '../../../functions/src/model/gemini/genai-client.ts'
import type { Options } from '../checks.ts'
import { CannotLook, type Check } from '../finding.ts'
import { modelChecks } from '../models.ts'
import type { Parameters } from '../parameters.ts'
import { questionCheck } from '../question.ts'
import { readJson } from '../read-json.ts'
import type { Target } from '../target.ts'
import { emulatedFunctionChecks, emulatedQueueChecks } from './functions.ts'
import { checkFirestoreRules, checkStorageRules } from './rules.ts'

type Emulators = Extract<Target, { kind: 'emulators' }>

/** The checks of a project in the emulators, in the order of those of a deployed one. */
export function emulatorChecks(target: Emulators, parameters: Parameters, options: Options): Check[] {
  const { hosts, project, bucket } = target
  const notNeeded = (name: string): Check => ({
    name,
    look: async () => [{ state: 'ok', found: 'not needed in the emulator' }],
  })
  return [
    { name: 'parameters', look: async () => parameters.findings },
    ...modelPart(hosts.gemini, parameters, options),
    { name: 'bucket', look: () => checkStorage(hosts.storage, bucket) },
    {
      name: 'rules of Storage',
      look: () => checkStorageRules(there('storage', hosts.storage), project, bucket),
    },
    {
      name: 'rules of Firestore',
      look: () => checkFirestoreRules(there('firestore', hosts.firestore), project),
    },
    notNeeded('indexes'),
    notNeeded('TTL, exemptions'),
    ...(hosts.functions
      ? emulatedFunctionChecks(hosts.functions, options.exports)
      : [
          {
            name: 'functions',
            look: async () => [{ state: 'unknown', found: noHost('functions') } as const],
          },
        ]),
    ...emulatedQueueChecks(hosts.tasks, options.exports),
  ]
}

function modelPart(host: string | undefined, { config }: Parameters, { ask, today }: Options): Check[] {
  if (!host) {
    const found = 'GEMINI_EMULATOR_HOST is not set: the functions ask a model that nobody here knows'
    return [{ name: 'models', look: async () => [{ state: 'unknown', found }] }]
  }
  if (!config) return []
  const timeoutMs = config.modelTimeoutSeconds * 1000
  // The local Gemini API tells of its models on the paths of the Gemini API alone, whoever the provider is.
  const client: GenaiClientOptions = {
    timeoutMs,
    baseUrl: `http://${host}`,
    provider: { name: 'gemini-api', apiKey: () => 'any' },
  }
  return [
    {
      name: 'secret GEMINI_API_KEY',
      look: async () => [
        { state: 'ok', found: 'not needed in the emulator: the local Gemini API takes any key' },
      ],
    },
    ...modelChecks(config, client, today),
    ...(ask ? [questionCheck(config.describeModel, client)] : []),
  ]
}

const buckets = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) })

async function checkStorage(host: string | undefined, name: string): ReturnType<Check['look']> {
  const found = await readJson(`http://${there('storage', host)}/b`, buckets)
  if (!found) throw new CannotLook('the Storage emulator lists no buckets')
  return [{ state: 'ok', found: `${name}: the emulator makes every bucket that is asked for` }]
}

function there(name: string, host: string | undefined): string {
  if (host) return host
  throw new CannotLook(noHost(name))
}

const noHost = (name: string) => `neither a variable nor the hub says where the ${name} emulator is`
