import { z } from 'zod'
import { PARAMETERS } from '../../functions/src/config/params.ts'
import type { ExportedFunction } from './exports.ts'
import type { Check, Finding } from './finding.ts'
import type { Google, Listed } from './google.ts'
import { refusalByCloudRun } from './public-call.ts'

const codebase = 'firesight'

// https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions, read 2026-11-27
export const deployedFunction = z.looseObject({
  name: z.string(),
  state: z.string().default('STATE_UNSPECIFIED'),
  labels: z.record(z.string(), z.string()).default({}),
  serviceConfig: z
    .looseObject({
      uri: z.url().optional(),
      environmentVariables: z.record(z.string(), z.string()).default({}),
      secretEnvironmentVariables: z.array(z.looseObject({ key: z.string() })).default([]),
    })
    .optional(),
  eventTrigger: z
    .looseObject({
      retryPolicy: z.string().default('RETRY_POLICY_UNSPECIFIED'),
      eventFilters: z.array(z.looseObject({ attribute: z.string(), value: z.string() })).default([]),
    })
    .optional(),
})

export type DeployedFunction = z.output<typeof deployedFunction>

export type Expected = {
  exports: ExportedFunction[]
  region: string
  /** The files' parameters, which deployed functions have as variables. */
  values: Record<string, string>
  /** Where uploads come from. */
  bucket: string | undefined
}

export async function listFunctions(google: Google): Promise<Listed<DeployedFunction>> {
  const path = `v2/projects/${google.project}/locations/-/functions?filter=${encodeURIComponent('environment="GEN_2"')}`
  return google.list('cloudfunctions', path, 'functions', deployedFunction)
}

/** A check for each function that the code exports, and one for what is deployed and exported no more. */
export function functionChecks(
  google: Google,
  listed: () => Promise<Listed<DeployedFunction>>,
  expected: Expected,
): Check[] {
  const checks = expected.exports.map(
    (exported): Check => ({
      name: `function ${exported.name}`,
      look: async () => {
        const { items, unreachable } = await listed()
        const found = items.filter(({ name }) => idOf(name) === exported.name)
        const here = found.find(({ name }) => regionOf(name) === expected.region)
        if (here) return lookAt(here, exported, expected, google.project)
        const elsewhere = found.map(({ name }) => regionOf(name)).join(', ')
        if (!elsewhere && unreachable.length > 0) {
          return [
            { state: 'unknown', found: `Google could not list the functions of ${unreachable.join(', ')}` },
          ]
        }
        const what = elsewhere ? `it is in ${elsewhere}` : 'it is not deployed'
        return [
          {
            state: 'mend',
            found: what,
            right: `deployed in ${expected.region}`,
            command: deploy(google.project, exported.name),
          },
        ]
      },
    }),
  )
  const leftOver: Check = {
    name: 'functions left over',
    look: async () => {
      const names = new Set(expected.exports.map(({ name }) => name))
      const left = (await listed()).items.filter(
        ({ name, labels }) => labels['firebase-functions-codebase'] === codebase && !names.has(idOf(name)),
      )
      if (left.length === 0) return [{ state: 'ok', found: 'none' }]
      const ids = left.map(({ name }) => idOf(name)).join(' ')
      const command = `firebase functions:delete ${ids} --project ${google.project}`
      return [{ state: 'mend', found: `deployed, and exported no more: ${ids}`, right: 'none', command }]
    },
  }
  return [...checks, leftOver]
}

/** Buckets that any function of the project is triggered by. */
export function triggeringBuckets({ items }: Listed<DeployedFunction>): string[] {
  return items.flatMap(({ eventTrigger }) => bucketsOf(eventTrigger))
}

async function lookAt(
  found: DeployedFunction,
  exported: ExportedFunction,
  expected: Expected,
  project: string,
): Promise<Omit<Finding, 'check'>[]> {
  const wrong = wrongWith(found, exported, expected)
  if (wrong.length > 0) {
    const right = 'as the code and the files declare it'
    return [{ state: 'mend', found: wrong.join('; '), right, command: deploy(project, exported.name) }]
  }
  const uri = found.serviceConfig?.uri
  const turnedAway = exported.kind === 'call' && uri && (await refusalByCloudRun(uri))
  if (turnedAway) {
    const command = `gcloud functions add-invoker-policy-binding ${exported.name} --region=${expected.region} --member=allUsers --project=${project}`
    return [{ state: 'mend', found: turnedAway, right: 'a function that everybody may invoke', command }]
  }
  return [{ state: 'ok', found: `active in ${expected.region}` }]
}

function wrongWith(
  found: DeployedFunction,
  exported: ExportedFunction,
  { values, bucket }: Expected,
): string[] {
  const variables = found.serviceConfig?.environmentVariables ?? {}
  const secrets = found.serviceConfig?.secretEnvironmentVariables.map(({ key }) => key) ?? []
  const stale = PARAMETERS.map(({ name }) => name).filter(
    (name) => name in variables && name in values && variables[name] !== values[name],
  )
  const unbound = exported.secrets.filter((secret) => !secrets.includes(secret))
  const from = bucketsOf(found.eventTrigger)
  return [
    found.state !== 'ACTIVE' && `it is ${found.state}`,
    exported.retry &&
      found.eventTrigger?.retryPolicy !== 'RETRY_POLICY_RETRY' &&
      'its events do not come again after a failure',
    bucket &&
      from.length > 0 &&
      !from.includes(bucket) &&
      `it is triggered by ${from.join(', ')}, not by ${bucket}`,
    unbound.length > 0 && `without the secret ${unbound.join(', ')}`,
    stale.length > 0 && `deployed with other values of ${stale.join(', ')} than the files have`,
  ].filter((what): what is string => typeof what === 'string' && what !== '')
}

function bucketsOf(trigger: DeployedFunction['eventTrigger']): string[] {
  return (trigger?.eventFilters ?? [])
    .filter(({ attribute }) => attribute === 'bucket')
    .map(({ value }) => value)
}

function deploy(project: string, name: string): string {
  return `firebase deploy --only functions:${codebase}:${name} --project ${project}`
}

const idOf = (name: string) => name.split('/').at(-1) ?? ''
const regionOf = (name: string) => /locations\/([^/]+)/.exec(name)?.[1] ?? ''
