import type { Config } from '../config/config.ts'
import { STATE_COLLECTIONS } from '../document/state-collections.ts'
import { imageIdOf } from '../document/storage-paths.ts'
import { VisionError } from '../errors.ts'
import { operatorMessage } from '../pipeline/operator-message.ts'
import type { Services } from '../ports/services.ts'
import { fixedPrefix } from './scan-places.ts'

/** The document with the latest report. */
export const SETUP = `${STATE_COLLECTIONS.upkeep}/setup` as const

/** `fix`: what would be right, and how to get there. Present if and only if the check failed. */
export type SetupCheck = { name: string; ok: boolean; found: string; fix?: string }
export type SetupReport = { state: 'ok' | 'problems'; checkedAt: Date; checks: SetupCheck[] }

type Probe = { name: string; fix: string; run: () => Promise<string> }

/** A name that matches UPLOAD_PATH and that no upload has. */
const PROBE = 'firesight-setup-check'

/**
 * Checks from inside the deployment that its parts can be reached with its own service account: Firestore,
 * both buckets, Firebase Authentication, the queue and the model. Stores the report in
 * `firesightUpkeep/setup`. One question to the model, of about 100 tokens, is billed. A check that fails does
 * not affect the others.
 */
export async function checkSetup(
  services: Services,
  config: Config,
  apiKey: string | undefined,
): Promise<SetupReport> {
  const checks = await Promise.all(
    probes(services, config).map(async ({ name, fix, run }): Promise<SetupCheck> => {
      try {
        return { name, ok: true, found: await run() }
      } catch (error) {
        return { name, ok: false, found: reasonOf(error, apiKey), fix }
      }
    }),
  )
  const state = checks.every(({ ok }) => ok) ? 'ok' : 'problems'
  const report: SetupReport = { state, checkedAt: services.now(), checks }
  if (checks.some(({ name, ok }) => name === 'firestore' && ok)) {
    await services.upkeep.progress.change(SETUP, () => report)
  }
  return report
}

function probes(services: Services, config: Config): Probe[] {
  const { upkeep, quota, bucket, accounts, model } = services
  const results = config.outputBucket || bucket
  const name = config.uploadPath.replaceAll(/\{\w+(=\*\*)?\}/g, PROBE)
  const hasObjects = async (where: string) => {
    if (where === '') throw new VisionError('internal', 'The project has no default bucket')
    await upkeep.objects.list(where, fixedPrefix(config.uploadPath), undefined)
    return `reads ${where}`
  }
  return [
    {
      name: 'firestore',
      fix: `Create the database ${config.firestoreDatabase}, and grant roles/datastore.user to the service account of the functions.`,
      run: async () => {
        await upkeep.annotations.find([imageIdOf(bucket, name)])
        return `reads ${config.imagesCollection} in ${config.firestoreDatabase}`
      },
    },
    {
      name: 'indexes',
      fix: 'Deploy firestore.indexes.json of the package, for example with: npx firesight init, then firebase deploy --only firestore:indexes',
      run: async () => {
        // The queries of sweeps and quotas that need a composite index.
        await upkeep.annotations.dueAfterOwner(PROBE, services.now(), 1)
        await upkeep.annotations.due(services.now(), 1)
        try {
          await quota.look(null, services.now())
        } catch (error) {
          if (!(error instanceof VisionError && error.code === 'service-paused')) throw error
          return 'the indexes of sweeps exist. Not checked while processing is paused: the index of quotas'
        }
        return 'the indexes of sweeps and quotas exist'
      },
    },
    {
      name: 'bucket of the photos',
      fix: 'Create the bucket or correct UPLOAD_BUCKET, and grant roles/storage.objectUser to the service account of the functions.',
      run: () => hasObjects(bucket),
    },
    ...(results === bucket
      ? []
      : [
          {
            name: 'bucket of the results',
            fix: 'Create the bucket or correct OUTPUT_BUCKET, and grant roles/storage.objectUser to the service account of the functions.',
            run: () => hasObjects(results),
          },
        ]),
    {
      name: 'users',
      fix: 'Enable Firebase Authentication with a sign-in provider, and grant roles/firebaseauth.viewer to the service account of the functions.',
      run: async () => {
        await accounts.find(PROBE)
        return 'reads accounts'
      },
    },
    {
      name: 'queue',
      fix: 'Grant roles/cloudtasks.enqueuer to the service account of the functions, and roles/iam.serviceAccountUser on that account to itself (docs/deploy.md).',
      run: async () => {
        // The function finds no such upload, and does nothing.
        await upkeep.queue.enqueue({ bucket, name }, `setup-${services.newToken()}`)
        return ['accepts tasks', upkeep.queue.limitation?.()].filter(Boolean).join('. ')
      },
    },
    {
      name: 'model',
      fix:
        config.provider === 'vertex-ai'
          ? 'Enable aiplatform.googleapis.com, grant roles/aiplatform.user to the service account of the functions, and check DESCRIBE_MODEL and VERTEX_LOCATION.'
          : 'Check the secret GEMINI_API_KEY and DESCRIBE_MODEL. After a new version of the secret, deploy again.',
      run: async () => {
        const answer = await model.generate({
          model: config.describeModel,
          systemInstruction: 'You check that a service works.',
          parts: [{ text: 'Answer with the word OK.' }],
          thinking: 'least',
          maxOutputTokens: 512,
          // Waits for no overloaded service: the task is retried.
          maxWaitMs: 0,
        })
        if (answer.failure) throw answer.failure
        return `${answer.model.version} answered, ${answer.usage.totalTokens} tokens`
      },
    },
  ]
}

/** For operators: without keys and paths of photos. */
function reasonOf(error: unknown, apiKey: string | undefined): string {
  const failure =
    error instanceof VisionError
      ? error
      : new VisionError('internal', (error as Error).message, { cause: error })
  const cause = failure.cause instanceof Error ? failure.cause.message : ''
  const text = operatorMessage(failure, [apiKey])
  if (cause === '' || failure.message.includes(cause)) return text
  return `${text}: ${operatorMessage(new VisionError(failure.code, cause), [apiKey])}`
}
