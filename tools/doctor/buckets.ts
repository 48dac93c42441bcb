import { createRequire } from 'node:module'
import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import { regionForBucket } from '../bucket-regions.ts'
import type { Finding } from './finding.ts'
import type { Google } from './google.ts'

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects/getAdminSdkConfig,
// read 2026-11-27
const adminConfig = z.looseObject({ projectId: z.string(), storageBucket: z.string().optional() })

// https://docs.cloud.google.com/storage/docs/json_api/v1/buckets, read 2026-11-27. int64 values are strings.
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

/** The default bucket of the project, which receives the uploads. */
export async function defaultBucket(google: Google): Promise<string | undefined> {
  const path = `v1beta1/projects/${google.project}/adminSdkConfig`
  return (await google.get('firebase', path, adminConfig))?.storageBucket
}

/** Checks that the upload bucket exists, in the region of the functions. */
export async function checkUploadBucket(
  google: Google,
  name: string | undefined,
  region: string,
): Promise<Omit<Finding, 'check'>[]> {
  const setUp = `open https://console.firebase.google.com/project/${google.project}/storage   # "Get started"`
  if (!name) {
    return [
      {
        state: 'problem',
        found: 'the project has no default bucket',
        expected: 'a default bucket for uploads',
        command: setUp,
      },
    ]
  }
  const found = await readBucket(google, name)
  if (!found)
    return [
      { state: 'problem', found: `${name} does not exist`, expected: 'an upload bucket', command: setUp },
    ]
  const location = found.location.toLowerCase()
  if (!isRegionOf(location, region)) {
    return [
      {
        state: 'problem',
        found: `${name} is in ${found.location}, but the functions run in ${region}`,
        expected: 'a FUNCTIONS_REGION in the location of the bucket',
        command: `echo FUNCTIONS_REGION=${regionForBucket(location) ?? '<a region in the location of the bucket>'} >> functions/.env.${google.project}   # then deploy again`,
      },
    ]
  }
  return [
    {
      state: 'ok',
      found: `${name} in ${found.location}, the functions in ${region}`,
      ...retentionNotes(found),
    },
  ]
}

/**
 * Checks that the result bucket exists, triggers no function and, with Vertex AI, deletes model input copies.
 */
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
    const command = `gcloud storage buckets create gs://${name} --project=${google.project}   # in the location of the upload bucket`
    return [{ state: 'problem', found: `${name} does not exist`, expected: 'a result bucket', command }]
  }
  const findings: Omit<Finding, 'check'>[] = []
  if (config.outputBucket && config.outputBucket !== uploads && (await triggered()).includes(name)) {
    findings.push({
      state: 'problem',
      found: `the result bucket ${name} triggers functions`,
      expected: 'no trigger on OUTPUT_BUCKET, so that results are never processed as uploads',
      command: `gcloud functions list --project=${google.project} --v2   # find the function and change its bucket`,
    })
  }
  if (config.provider === 'vertex-ai' && !deletesCopies(found)) {
    findings.push({
      state: 'problem',
      found: `${name} never deletes the copies for Vertex AI (users/{uid}/model-inputs/)`,
      expected: 'a lifecycle rule that deletes by custom time after 2 or more days (docs/deploy.md)',
      command: `gcloud storage buckets update gs://${name} --lifecycle-file=lifecycle.json`,
    })
  }
  if (findings.length > 0) return findings
  const isSeparate = Boolean(config.outputBucket) && config.outputBucket !== uploads
  if (isSeparate) return [{ state: 'ok', found: `${name}, a separate bucket`, ...retentionNotes(found) }]
  const notes = ['We recommend a separate result bucket without triggers: OUTPUT_BUCKET.']
  return [{ state: 'ok', found: `${name}, the upload bucket`, notes }]
}

/** @returns undefined if the bucket does not exist */
export function readBucket(google: Google, name: string): Promise<Bucket | undefined> {
  return google.get('storage', `storage/v1/b/${encodeURIComponent(name)}`, bucket)
}

/** Copies are reused for 48 hours. */
function deletesCopies({ lifecycle }: Bucket): boolean {
  return (lifecycle?.rule ?? []).some(
    ({ action, condition }) => action.type === 'Delete' && (condition.daysSinceCustomTime ?? 0) >= 2,
  )
}

/** Notes that the bucket keeps deleted photos, which matters if users expect their deletion. */
function retentionNotes({ versioning, softDeletePolicy }: Bucket): { notes?: string[] } {
  const days = (softDeletePolicy?.retentionDurationSeconds ?? 0) / 86_400
  const kept = [
    ...(versioning?.enabled ? ['as noncurrent versions until a lifecycle rule deletes them'] : []),
    ...(days > 0 ? [`for ${Number(days.toFixed(1))} days (soft delete)`] : []),
  ]
  return kept.length > 0 ? { notes: [`The bucket keeps deleted files ${kept.join(' and ')}.`] } : {}
}

/** Whether functions of this region can receive the events of a bucket in this location. */
export function isRegionOf(location: string, region: string): boolean {
  return location.toLowerCase() === region || regionInLocation(region, location)
}
