import { z } from 'zod'
import { CannotCheck } from '../../../tools/doctor/finding.ts'
import type { Google } from '../../../tools/doctor/google.ts'

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects/getAdminSdkConfig,
// read 2026-11-27
const adminConfig = z.looseObject({ storageBucket: z.string().optional() })
// https://docs.cloud.google.com/storage/docs/json_api/v1/buckets, read 2026-11-27
const bucketSchema = z.looseObject({ location: z.string() })
// https://firebase.google.com/docs/reference/rules/rest/v1/projects.releases and projects.rulesets, read
// 2026-11-27
const release = z.looseObject({ rulesetName: z.string() })
const ruleset = z.looseObject({
  source: z.looseObject({ files: z.array(z.looseObject({ content: z.string() })) }),
})

/** What `init` reads from the project. Undefined: the resource does not exist. */
export type Cloud = {
  defaultBucket(): Promise<string | undefined>
  locationOf(bucket: string): Promise<string | undefined>
  /** The text of the active rules of a release: `cloud.firestore`, or `firebase.storage/<bucket>`. */
  activeRules(release: string): Promise<string | undefined>
}

/** Reads nothing but these resources, with the caller's credentials. All functions throw CannotCheck. */
export function cloudOf(google: Google): Cloud {
  return {
    async defaultBucket() {
      const path = `v1beta1/projects/${google.project}/adminSdkConfig`
      return (await google.get('firebase', path, adminConfig))?.storageBucket
    },
    async locationOf(bucket) {
      const found = await google.get('storage', `storage/v1/b/${encodeURIComponent(bucket)}`, bucketSchema)
      return found?.location
    },
    async activeRules(id) {
      const path = `v1/projects/${google.project}/releases/${encodeURI(id)}`
      const current = await google.get('firebaserules', path, release)
      const found = current && (await google.get('firebaserules', `v1/${current.rulesetName}`, ruleset))
      return found?.source.files.map(({ content }) => content).join('\n')
    },
  }
}

/** Tries to read. `problem`: why that was not possible, for example because the caller is not signed in. */
export async function tryRead<T>(read: () => Promise<T>): Promise<{ value?: T; problem?: string }> {
  try {
    return { value: await read() }
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error
    return { problem: error.message }
  }
}
