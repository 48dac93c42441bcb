import type { Config } from '../../functions/src/config/config.ts'
import type { GenaiClientOptions } from '../../functions/src/model/gemini/genai-client.ts'
import { checkResultBucket, checkUploadBucket, defaultBucket } from './buckets.ts'
import type { ExportedFunction } from './exports.ts'
import { CannotLook, type Check } from './finding.ts'
import { functionChecks, listFunctions, triggeringBuckets } from './functions.ts'
import type { Google } from './google.ts'
import { checkFields, checkIndexes, wantedIndexes } from './indexes.ts'
import { modelChecks } from './models.ts'
import type { Parameters } from './parameters.ts'
import { questionCheck } from './question.ts'
import { queueChecks } from './queues.ts'
import { checkRules } from './rules.ts'
import { checkSecret } from './secret.ts'

export type Options = {
  exports: ExportedFunction[]
  values: Record<string, string>
  /** Whether a real question may be asked. */
  ask: boolean
  today: Date
}

/** All checks of a deployed project, in the order of the report. Each that fails to see something leaves the others alone. */
export async function projectChecks(
  google: Google,
  parameters: Parameters,
  options: Options,
): Promise<Check[]> {
  const { config, region } = parameters
  const once = <T>(work: () => Promise<T>) => {
    let result: Promise<T> | undefined
    return () => (result ??= work())
  }
  const bucket = once(() => defaultBucket(google))
  const functions = once(() => listFunctions(google))
  // Without its name a bucket cannot be compared; that it has none, or cannot be seen, its own check tells.
  const bucketName = await bucket().catch(() => undefined)
  const expected = { exports: options.exports, region, values: options.values, bucket: bucketName }
  const wanted = wantedIndexes()
  return [
    { name: 'parameters', look: async () => parameters.findings },
    ...(config ? await modelPart(google, config, options) : []),
    { name: 'bucket', look: async () => checkUploadBucket(google, await bucket(), region) },
    ...(config ? [resultBucket(google, config, bucket, functions)] : []),
    {
      name: 'rules of Storage',
      look: async () => {
        const name = await bucket()
        if (!name) throw new CannotLook('they belong to a bucket, and the project has no default bucket')
        return checkRules(google, { release: `firebase.storage/${name}`, file: 'storage.rules' })
      },
    },
    {
      name: 'rules of Firestore',
      look: () => checkRules(google, { release: 'cloud.firestore', file: 'firestore.rules' }),
    },
    { name: 'indexes', look: () => checkIndexes(google, wanted) },
    { name: 'TTL, exemptions', look: () => checkFields(google, wanted) },
    ...functionChecks(google, functions, expected),
    ...queueChecks(google, options.exports, region),
  ]
}

function resultBucket(
  google: Google,
  config: Config,
  bucket: () => Promise<string | undefined>,
  functions: () => ReturnType<typeof listFunctions>,
): Check {
  return {
    name: 'bucket of results',
    look: async () =>
      checkResultBucket(google, await bucket(), config, async () => triggeringBuckets(await functions())),
  }
}

/** With the Gemini API no key is no look at the models: they are unknown then, not left out. */
async function modelPart(google: Google, config: Config, { ask, today }: Options): Promise<Check[]> {
  const secret = checkSecret(google, config)
  const { key } = await secret.catch(() => ({ key: undefined }))
  const timeoutMs = config.modelTimeoutSeconds * 1000
  const client: GenaiClientOptions | undefined =
    config.provider === 'vertex-ai'
      ? {
          timeoutMs,
          provider: { name: 'vertex-ai', project: google.project, location: config.vertexLocation },
        }
      : key === undefined
        ? undefined
        : { timeoutMs, provider: { name: 'gemini-api', apiKey: () => key } }
  const own: Check = { name: 'secret GEMINI_API_KEY', look: async () => (await secret).findings }
  if (!client) {
    const found = 'without a key nobody can ask for them'
    return [own, { name: 'models', look: async () => [{ state: 'unknown', found }] }]
  }
  return [
    own,
    ...modelChecks(config, client, today),
    ...(ask ? [questionCheck(config.describeModel, client)] : []),
  ]
}
