import type { Config } from '../../functions/src/config/config.ts'
import type { GenaiClientOptions } from '../../functions/src/model/gemini/genai-client.ts'
import { checkResultBucket, checkUploadBucket, defaultBucket } from './buckets.ts'
import type { ExportedFunction } from './exports.ts'
import { CannotCheck, type Check } from './finding.ts'
import { functionChecks, listFunctions, triggeringBuckets } from './functions.ts'
import type { Google } from './google.ts'
import { checkFields, checkIndexes, wantedIndexes, withCollection } from './indexes.ts'
import { checkLogExclusions } from './log-exclusions.ts'
import { modelChecks } from './models.ts'
import type { Parameters } from './parameters.ts'
import { questionCheck } from './question.ts'
import { queueChecks } from './queues.ts'
import { checkRules } from './rules.ts'
import { checkSecret } from './secret.ts'

export type Options = {
  exports: ExportedFunction[]
  values: Record<string, string>
  /** Whether to send a test question to the model. */
  ask: boolean
  today: Date
}

/**
 * All checks of a deployed project, in the order of the report. A check that cannot run does not affect the
 * others.
 */
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
  const bucket = once(async () => config?.uploadBucket || defaultBucket(google))
  const functions = once(() => listFunctions(google))
  // Without a bucket name, functions cannot be compared with it. The check `bucket` reports the reason.
  const bucketName = await bucket().catch(() => undefined)
  const expected = { exports: options.exports, region, values: options.values, bucket: bucketName }
  const {
    firestoreDatabase: database = '(default)',
    imagesCollection: collection = 'images',
    uploadPath,
  } = config ?? {}
  const wanted = withCollection(wantedIndexes(), collection)
  const release = database === '(default)' ? 'cloud.firestore' : `cloud.firestore/${database}`
  return [
    { name: 'parameters', run: async () => parameters.findings },
    ...(config ? await modelPart(google, config, options) : []),
    { name: 'bucket', run: async () => checkUploadBucket(google, await bucket(), region) },
    ...(config ? [resultBucket(google, config, bucket, functions)] : []),
    {
      name: 'Storage rules',
      run: async () => {
        const name = await bucket()
        if (!name) throw new CannotCheck('the project has no default bucket')
        return checkRules(google, {
          release: `firebase.storage/${name}`,
          file: 'storage.rules',
          ...(uploadPath !== undefined && { uploadPath }),
        })
      },
    },
    {
      name: 'Firestore rules',
      run: () => checkRules(google, { release, file: 'firestore.rules', collection }),
    },
    { name: 'indexes', run: () => checkIndexes(google, wanted, database) },
    { name: 'TTL, exemptions', run: () => checkFields(google, wanted, database) },
    ...functionChecks(google, functions, expected),
    ...queueChecks(google, options.exports, region),
    { name: 'log exclusions', run: () => checkLogExclusions(google) },
  ]
}

function resultBucket(
  google: Google,
  config: Config,
  bucket: () => Promise<string | undefined>,
  functions: () => ReturnType<typeof listFunctions>,
): Check {
  return {
    name: 'result bucket',
    run: async () =>
      checkResultBucket(google, await bucket(), config, async () => triggeringBuckets(await functions())),
  }
}

/** Without a key for the Gemini API the models cannot be checked. The report then lists them as unknown. */
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
  const own: Check = { name: 'secret GEMINI_API_KEY', run: async () => (await secret).findings }
  if (!client) {
    const found = 'checking models requires the API key'
    return [own, { name: 'models', run: async () => [{ state: 'unknown', found }] }]
  }
  return [
    own,
    ...modelChecks(config, client, today),
    ...(ask ? [questionCheck(config.describeModel, client, today)] : []),
  ]
}
