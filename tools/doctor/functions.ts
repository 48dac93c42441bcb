import { z } from 'zod'
import { VARIABLES } from '../../functions/src/config/params.ts'
import type { ExportedFunction } from './exports.ts'
import type { Check, Finding } from './finding.ts'
import type { Google, Listed } from './google.ts'
import { rejectionByCloudRun } from './public-call.ts'

const codebase = 'firesight'

// https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions, read
// 2026-11-27
const deployedFunction = z.looseObject({
  name: z.string(),
  state: z.string().default('STATE_UNSPECIFIED'),
  labels: z.record(z.string(), z.string()).default({}),
  serviceConfig: z
    .looseObject({
      uri: z.url().optional(),
      serviceAccountEmail: z.string().optional(),
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

type DeployedFunction = z.output<typeof deployedFunction>

export type Expected = {
  exports: ExportedFunction[]
  region: string
  /** The parameters of the files. Deployed functions have them as environment variables. */
  values: Record<string, string>
  /** The upload bucket. */
  bucket: string | undefined
}

export async function listFunctions(google: Google): Promise<Listed<DeployedFunction>> {
  const path = `v2/projects/${google.project}/locations/-/functions?filter=${encodeURIComponent('environment="GEN_2"')}`
  return google.list('cloudfunctions', path, 'functions', deployedFunction)
}

/** A check for each exported function, and one for deployed functions that are no longer exported. */
export function functionChecks(
  google: Google,
  listed: () => Promise<Listed<DeployedFunction>>,
  expected: Expected,
): Check[] {
  const checks = expected.exports.map(
    (exported): Check => ({
      name: `function ${exported.name}`,
      run: async () => {
        const { items, unreachable } = await listed()
        const found = items.filter(({ name }) => idOf(name) === exported.name)
        const here = found.find(({ name }) => regionOf(name) === expected.region)
        if (here) return checkFunction(here, exported, expected, google.project)
        const elsewhere = found.map(({ name }) => regionOf(name)).join(', ')
        if (!elsewhere && unreachable.length > 0) {
          return [{ state: 'unknown', found: `Cloud Functions could not list ${unreachable.join(', ')}` }]
        }
        return [
          {
            state: 'problem',
            found: elsewhere ? `deployed in ${elsewhere}` : 'not deployed',
            expected: `deployed in ${expected.region}`,
            command: deploy(google.project, exported.name),
          },
        ]
      },
    }),
  )
  const obsolete: Check = {
    name: 'obsolete functions',
    run: async () => {
      const names = new Set(expected.exports.map(({ name }) => name))
      const found = (await listed()).items.filter(
        ({ name, labels }) => labels['firebase-functions-codebase'] === codebase && !names.has(idOf(name)),
      )
      if (found.length === 0) return [{ state: 'ok', found: 'none' }]
      const ids = found.map(({ name }) => idOf(name)).join(' ')
      const command = `firebase functions:delete ${ids} --project ${google.project}`
      return [
        { state: 'problem', found: `deployed, but no longer exported: ${ids}`, expected: 'none', command },
      ]
    },
  }
  return [...checks, obsolete]
}

/** The buckets that trigger any function of the project. */
export function triggeringBuckets({ items }: Listed<DeployedFunction>): string[] {
  return items.flatMap(({ eventTrigger }) => bucketsOf(eventTrigger))
}

async function checkFunction(
  found: DeployedFunction,
  exported: ExportedFunction,
  expected: Expected,
  project: string,
): Promise<Omit<Finding, 'check'>[]> {
  const problems = problemsOf(found, exported, expected)
  if (problems.length > 0) {
    return [
      {
        state: 'problem',
        found: problems.join('; '),
        expected: 'the configuration of the code and the parameter files',
        command: deploy(project, exported.name),
      },
    ]
  }
  const uri = found.serviceConfig?.uri
  const rejection = exported.kind === 'call' && uri && (await rejectionByCloudRun(uri))
  if (rejection) {
    const command = `gcloud functions add-invoker-policy-binding ${exported.name} --region=${expected.region} --member=allUsers --project=${project}`
    return [{ state: 'problem', found: rejection, expected: 'a function that allUsers can invoke', command }]
  }
  return [{ state: 'ok', found: `active in ${expected.region}` }]
}

function problemsOf(
  found: DeployedFunction,
  exported: ExportedFunction,
  { values, bucket }: Expected,
): string[] {
  const variables = found.serviceConfig?.environmentVariables ?? {}
  const secrets = found.serviceConfig?.secretEnvironmentVariables.map(({ key }) => key) ?? []
  const stale = VARIABLES.map(({ name }) => name).filter(
    (name) => name in variables && name in values && variables[name] !== values[name],
  )
  const unbound = exported.secrets.filter((secret) => !secrets.includes(secret))
  const from = bucketsOf(found.eventTrigger)
  return [
    found.state !== 'ACTIVE' && `the function is ${found.state}`,
    exported.retry &&
      found.eventTrigger?.retryPolicy !== 'RETRY_POLICY_RETRY' &&
      'failed events are not retried',
    bucket &&
      from.length > 0 &&
      !from.includes(bucket) &&
      `triggered by ${from.join(', ')}, not by ${bucket}`,
    unbound.length > 0 && `the secret ${unbound.join(', ')} is not bound`,
    stale.length > 0 && `the deployed values of ${stale.join(', ')} differ from the files`,
  ].filter((problem): problem is string => typeof problem === 'string' && problem !== '')
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
