import { z } from 'zod'
import { regionForBucket } from '../bucket-regions.ts'
import { isRegionOf, readBucket } from '../doctor/buckets.ts'
import type { Google } from '../doctor/google.ts'
import type { Found, Outcome } from './inspection.ts'

// https://firebase.google.com/docs/reference/rest/storage/rest/v1beta/projects.buckets, read 2026-11-30
const linkedBucket = z.looseObject({ name: z.string() })

export type UploadBucket = { name: string; location: string; region: string }

export type BucketOptions = {
  /** UPLOAD_BUCKET, or the default bucket. */
  name: string | undefined
  isDefault: boolean
  /** FUNCTIONS_REGION of the parameter files; undefined if no file has it. */
  region: string | undefined
}

/** Checks the upload bucket. Returns its location and the region of the functions. */
export async function checkUploads(
  google: Google,
  { name, isDefault, region }: BucketOptions,
): Promise<Outcome<UploadBucket | undefined>> {
  const { project } = google
  const setUp = `open https://console.firebase.google.com/project/${project}/storage   # "Get started": choose the location`
  const bucket = name ? await readBucket(google, name) : undefined
  if (!name || !bucket) {
    const found = name ? `${name} does not exist` : 'the project has no default bucket'
    const command = isDefault
      ? setUp
      : `gcloud storage buckets create gs://${name} --project=${project} --location=...`
    return {
      value: undefined,
      findings: [{ state: 'problem', found, expected: 'a bucket for uploads', command }],
    }
  }
  const { location } = bucket
  const fitting = regionForBucket(location)
  const chosen = region ?? fitting
  if (!chosen || !isRegionOf(location, chosen)) {
    const found = chosen
      ? `${name} is in ${location}, but FUNCTIONS_REGION is ${chosen}`
      : `${name} is in ${location}`
    const expected = fitting
      ? `a region in the location of the bucket, such as ${fitting}`
      : 'a bucket in a region, in US, EU or ASIA: firebase-tools knows no region of other dual-regions'
    const command = `$EDITOR functions/.env.${project}   # ${fitting ? `FUNCTIONS_REGION=${fitting}` : 'UPLOAD_BUCKET'}`
    return { value: undefined, findings: [{ state: 'problem', found, expected, command }] }
  }
  const value = { name, location, region: chosen }
  const link = isDefault ? [] : await linkProblems(google, name)
  return {
    value,
    findings: [...link, { state: 'ok', found: `${name} in ${location}, functions in ${value.region}` }],
  }
}

/** Checks the bucket for results. Clients read results through Firebase, which must know the bucket. */
export async function checkResults(google: Google, name: string): Promise<Outcome> {
  const value = undefined
  const bucket = await readBucket(google, name)
  if (bucket) {
    const problems = await linkProblems(google, name)
    return { value, findings: [...problems, { state: 'ok', found: `${name} in ${bucket.location}` }] }
  }
  const command = `gcloud storage buckets create gs://${name} --project=${google.project}   # in the location of the upload bucket`
  return {
    value,
    findings: [
      { state: 'problem', found: `${name} does not exist`, expected: 'the bucket of OUTPUT_BUCKET', command },
    ],
  }
}

/** Security rules apply, and clients have access, only to buckets that are linked to Firebase. */
async function linkProblems(google: Google, name: string): Promise<Found[]> {
  const { project } = google
  const linked = await google.get(
    'firebasestorage',
    `v1beta/projects/${project}/buckets/${name}`,
    linkedBucket,
  )
  if (linked) return []
  return [
    {
      state: 'problem',
      found: `${name} is not linked to Firebase, so clients cannot use it`,
      expected: 'a bucket that is imported into Firebase',
      command: `open https://console.firebase.google.com/project/${project}/storage   # menu of the bucket: "Import existing buckets"`,
    },
  ]
}
