import { z } from 'zod'
import { PARAMETERS } from '../../functions/src/params.ts'
import type { ExportedFunction } from './exports.ts'
import type { Check, Finding } from './finding.ts'
import type { Google, Listed } from './google.ts'

const codebase = 'firesight'

// https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions, read 2026-11-27
export const deployedFunction = z.looseObject({
  name: z.string(),
  state: z.string().default('STATE_UNSPECIFIED'),
  labels: z.record(z.string(), z.string()).default({}),
  serviceConfig: z
    .looseObject({
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
  const deploy = (names: string) => `firebase deploy --only functions:${names} --project ${google.project}`
  const checks = expected.exports.map(
    (exported): Check => ({
      name: `function ${exported.name}`,
      look: async () => {
        const { items, unreachable } = await listed()
        const found = items.filter(({ name }) => idOf(name) === exported.name)
        const here = found.find(({ name }) => regionOf(name) === expected.region)
        const command = deploy(`${codebase}:${exported.name}`)
        if (here) return wrongWith(here, exported, expected, command)
        const elsewhere = found.map(({ name }) => regionOf(name)).join(', ')
        if (!elsewhere && unreachable.length > 0) {
          return [
            { state: 'unknown', found: `Google could not list the functions of ${unreachable.join(', ')}` },
          ]
        }
        const what = elsewhere ? `it is in ${elsewhere}` : 'it is not deployed'
        return [{ state: 'mend', found: what, right: `deployed in ${expected.region}`, command }]
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

function wrongWith(
  found: DeployedFunction,
  exported: ExportedFunction,
  { region, values, bucket }: Expected,
  command: string,
): Omit<Finding, 'check'>[] {
  const variables = found.serviceConfig?.environmentVariables ?? {}
  const secrets = found.serviceConfig?.secretEnvironmentVariables.map(({ key }) => key) ?? []
  const stale = PARAMETERS.map(({ name }) => name).filter(
    (name) => name in variables && name in values && variables[name] !== values[name],
  )
  const unbound = exported.secrets.filter((secret) => !secrets.includes(secret))
  const from = bucketsOf(found.eventTrigger)
  const wrong = [
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
  ].filter((what) => typeof what === 'string' && what !== '')
  if (wrong.length === 0) return [{ state: 'ok', found: `active in ${region}` }]
  return [{ state: 'mend', found: wrong.join('; '), right: 'as the code and the files declare it', command }]
}

function bucketsOf(trigger: DeployedFunction['eventTrigger']): string[] {
  return (trigger?.eventFilters ?? [])
    .filter(({ attribute }) => attribute === 'bucket')
    .map(({ value }) => value)
}

const idOf = (name: string) => name.split('/').at(-1) ?? ''
const regionOf = (name: string) => /locations\/([^/]+)/.exec(name)?.[1] ?? ''
