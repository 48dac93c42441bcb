import { createRequire } from 'node:module'
import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import type { Finding } from './finding.ts'
import type { Google } from './google.ts'

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects/getAdminSdkConfig, read 2026-11-27
const adminConfig = z.looseObject({ projectId: z.string(), storageBucket: z.string().optional() })

// https://docs.cloud.google.com/storage/docs/json_api/v1/buckets, read 2026-11-27. int64 comes as text.
const bucket = z.looseObject({
  name: z.string(),
  location: z.string(),
  versioning: z.looseObject({ enabled: z.boolean().default(false) }).optional(),
  softDeletePolicy: z.looseObject({ retentionDurationSeconds: z.coerce.number().default(0) }).optional(),
  lifecycle: z
    .looseObject({
      rule: z
        .array(
          z.looseObject({
            action: z.looseObject({ type: z.string() }),
            condition: z.looseObject({ daysSinceCustomTime: z.number().optional() }),
          }),
        )
        .default([]),
    })
    .optional(),
})

type Bucket = z.output<typeof bucket>

const { regionInLocation } = createRequire(import.meta.url)('firebase-tools/lib/gcp/location.js') as {
  regionInLocation: (region: string, location: string) => boolean
}

/** The project's default bucket, which deployed functions take uploads from. */
export async function defaultBucket(google: Google): Promise<string | undefined> {
  const path = `v1beta1/projects/${google.project}/adminSdkConfig`
  return (await google.get('firebase', path, adminConfig))?.storageBucket
}

/** The bucket of uploads: there, and where the functions are. */
export async function checkUploadBucket(
  google: Google,
  name: string | undefined,
  region: string,
): Promise<Omit<Finding, 'check'>[]> {
  const setUp = `open https://console.firebase.google.com/project/${google.project}/storage   # "Get started"`
  if (!name) {
    return [
      {
        state: 'mend',
        found: 'the project has no default bucket',
        right: 'one, for uploads',
        command: setUp,
      },
    ]
  }
  const found = await readBucket(google, name)
  if (!found)
    return [{ state: 'mend', found: `${name} does not exist`, right: 'a bucket for uploads', command: setUp }]
  const location = found.location.toLowerCase()
  if (location !== region && !regionInLocation(region, location)) {
    return [
      {
        state: 'mend',
        found: `${name} is in ${found.location}, the functions are to run in ${region}`,
        right: "FUNCTIONS_REGION within the bucket's location",
        command: `echo FUNCTIONS_REGION=${regionFor(location)} >> functions/.env.${google.project}   # and deploy again`,
      },
    ]
  }
  return [
    {
      state: 'ok',
      found: `${name} in ${found.location}, the functions in ${region}`,
      ...keptAfterDeletion(found),
    },
  ]
}

/** The bucket for results: there, another one, and with the rule that deletes copies for Vertex AI. */
export async function checkResultBucket(
  google: Google,
  uploads: string | undefined,
  config: Pick<Config, 'outputBucket' | 'provider'>,
  triggered: () => Promise<string[]>,
): Promise<Omit<Finding, 'check'>[]> {
  const name = config.outputBucket || uploads
  if (!name) return []
  const found = await readBucket(google, name)
  if (!found) {
    const command = `gcloud storage buckets create gs://${name} --project=${google.project}   # in the location of the uploads`
    return [{ state: 'mend', found: `${name} does not exist`, right: 'a bucket for results', command }]
  }
  const findings: Omit<Finding, 'check'>[] = []
  if (config.outputBucket && config.outputBucket !== uploads && (await triggered()).includes(name)) {
    findings.push({
      state: 'mend',
      found: `functions are triggered by ${name}, where results go`,
      right: 'no trigger on OUTPUT_BUCKET, so that results never come back as uploads',
      command: `gcloud functions list --project=${google.project} --v2   # find the function, and give it another bucket`,
    })
  }
  if (config.provider === 'vertex-ai' && !deletesCopies(found)) {
    findings.push({
      state: 'mend',
      found: `${name} keeps the copies for Vertex AI for ever (users/{uid}/model-inputs/)`,
      right: 'a lifecycle rule that deletes by custom time, after 2 days or more: docs/deploying.md',
      command: `gcloud storage buckets update gs://${name} --lifecycle-file=lifecycle.json`,
    })
  }
  if (findings.length > 0) return findings
  const own = Boolean(config.outputBucket) && config.outputBucket !== uploads
  const where = own ? `${name}, a bucket of their own` : `${name}, beside the uploads`
  const advice = own
    ? {}
    : { advice: ['A bucket of their own (OUTPUT_BUCKET) without a trigger is recommended.'] }
  return [{ state: 'ok', found: where, ...(own && keptAfterDeletion(found)), ...advice }]
}

function readBucket(google: Google, name: string): Promise<Bucket | undefined> {
  return google.get('storage', `storage/v1/b/${encodeURIComponent(name)}`, bucket)
}

/** Copies are used again for 48 hours. */
function deletesCopies({ lifecycle }: Bucket): boolean {
  return (lifecycle?.rule ?? []).some(
    ({ action, condition }) => action.type === 'Delete' && (condition.daysSinceCustomTime ?? 0) >= 2,
  )
}

/** What Firesight deletes may be kept by the bucket: worth knowing where photos are deleted for their owners' sake. */
function keptAfterDeletion({ versioning, softDeletePolicy }: Bucket): { advice?: string[] } {
  const days = (softDeletePolicy?.retentionDurationSeconds ?? 0) / 86_400
  const kept = [
    ...(versioning?.enabled ? ['as older versions, until a lifecycle rule deletes them'] : []),
    ...(days > 0 ? [`${Number(days.toFixed(1))} days (soft delete)`] : []),
  ]
  return kept.length > 0 ? { advice: [`What is deleted stays ${kept.join(', and ')}.`] } : {}
}

/** A region within a location of several. */
function regionFor(location: string): string {
  const usual: Record<string, string> = { us: 'us-central1', eu: 'europe-west1', asia: 'asia-northeast1' }
  return usual[location] ?? location
}
