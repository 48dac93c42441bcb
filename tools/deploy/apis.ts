import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { CannotCheck } from '../doctor/finding.ts'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'

// https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/list, read 2026-11-30
const service = z.looseObject({ config: z.looseObject({ name: z.string() }) })

// https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable, read 2026-11-30
const operation = z.looseObject({
  name: z.string(),
  done: z.boolean().default(false),
  error: z.looseObject({ message: z.string() }).optional(),
})
const MAX_BATCH = 20
const MAX_POLLS = 60

/**
 * The APIs of every deployment. firebase-tools enables most of them (lib/deploy/functions/prepare.js, 15.34.2),
 * but it asks first for others than its own, and a check that needs a disabled API cannot run.
 */
const ALWAYS = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'eventarc',
  'firebaserules',
  'firebasestorage',
  'firestore',
  'iam',
  'identitytoolkit',
  'pubsub',
  'run',
  'storage',
]

export type ApiNeeds = {
  provider: 'gemini-api' | 'vertex-ai'
  /** Whether any function has a secret. */
  secrets: boolean
  hosting: boolean
  appCheck: boolean
  declaredApis: string[]
}

export function requiredApis({ provider, secrets, hosting, appCheck, declaredApis }: ApiNeeds): string[] {
  const names = [
    ...ALWAYS,
    ...(provider === 'vertex-ai' ? ['aiplatform'] : []),
    ...(secrets ? ['secretmanager'] : []),
    ...(hosting ? ['firebasehosting'] : []),
    ...(appCheck ? ['firebaseappcheck'] : []),
  ]
  return [...new Set([...names.map((name) => `${name}.googleapis.com`), ...declaredApis])].toSorted()
}

/** Checks which APIs are enabled. Returns those that stay disabled until a step enables them. */
export async function checkApis(
  google: Google,
  required: string[],
  { enable, pauseMs = 5000 }: { enable: boolean; pauseMs?: number },
): Promise<Outcome<string[]>> {
  const path = `v1/projects/${google.project}/services?filter=state:ENABLED&pageSize=200`
  const { items } = await google.list('serviceusage', path, 'services', service)
  const enabled = new Set(items.map(({ config }) => config.name))
  const missing = required.filter((api) => !enabled.has(api))
  if (missing.length === 0) {
    return { value: [], findings: [{ state: 'ok', found: `${required.length} enabled` }] }
  }
  if (enable) {
    await enableApis(google, missing, pauseMs)
    return { value: [], findings: [{ state: 'ok', found: `enabled ${missing.join(', ')}` }] }
  }
  const expected = `enables ${missing.join(', ')}, before the other checks`
  return {
    value: missing,
    findings: [{ state: 'change', found: `${missing.length} are not enabled`, expected }],
  }
}

/** Enables APIs and waits until they are enabled. @throws CannotCheck */
async function enableApis(google: Google, apis: string[], pauseMs: number): Promise<void> {
  for (let from = 0; from < apis.length; from += MAX_BATCH) {
    const serviceIds = apis.slice(from, from + MAX_BATCH)
    const path = `v1/projects/${google.project}/services:batchEnable`
    let state = await google.send('serviceusage', path, operation, { method: 'POST', body: { serviceIds } })
    for (let polls = 0; state && !state.done && polls < MAX_POLLS; polls++) {
      await setTimeout(pauseMs)
      state = await google.get('serviceusage', `v1/${state.name}`, operation)
    }
    if (state?.done && !state.error) continue
    const reason = state?.error?.message ?? 'the operation did not finish'
    throw new CannotCheck(`cannot enable ${serviceIds.join(', ')}: ${reason}`, {
      command: `gcloud services enable ${serviceIds.join(' ')} --project=${google.project}`,
    })
  }
}
