import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { root } from '../paths.ts'

const endpoint = z.looseObject({
  secretEnvironmentVariables: z.array(z.looseObject({ key: z.string() })).nullish(),
  eventTrigger: z.looseObject({ retry: z.boolean().optional() }).optional(),
  taskQueueTrigger: z.looseObject({}).optional(),
  scheduleTrigger: z.looseObject({}).optional(),
  callableTrigger: z.looseObject({}).optional(),
})

/** The declaration of an exported function. */
export type ExportedFunction = {
  name: string
  kind: 'event' | 'queue' | 'schedule' | 'call' | 'other'
  /** Whether failed events are retried. */
  retry: boolean
  secrets: string[]
}

// The symbol of firebase-functions 7.4 (lib/runtime/manifest.js), shared by all copies of the SDK.
const script = `
  const entry = await import(process.argv[1])
  const declared = Object.entries(entry).filter(([, exported]) => exported?.__endpoint)
  const endpoints = Object.fromEntries(declared.map(([name, { __endpoint }]) => [name, __endpoint]))
  console.log(JSON.stringify({ endpoints, ...globalThis[Symbol.for('firebase-functions:manifest')] }))
`

const manifest = z.looseObject({
  endpoints: z.record(z.string(), endpoint),
  params: z
    .array(
      z.looseObject({
        name: z.string(),
        type: z.string(),
        default: z.union([z.string(), z.number(), z.boolean()]).optional(),
      }),
    )
    .default([]),
  requiredAPIs: z.array(z.looseObject({ api: z.string() })).default([]),
  requiredRoles: z.array(z.string()).default([]),
})

/** The declarations of the code. */
export type Declared = {
  functions: ExportedFunction[]
  /** The parameters that firebase-tools asks for, with their defaults. An expression is no default here. */
  parameters: { name: string; default: string | undefined }[]
  apis: string[]
  /** The roles that firebase-tools grants to a service account of its own. Empty: it creates none. */
  roles: string[]
}

/**
 * The declarations of the functions that this repository deploys. Imports their entry file in a separate
 * process, like firebase-tools, with these parameters.
 */
export function readDeclarations(
  values: Record<string, string> = {},
  entry = join(root, 'functions/src/index.ts'),
): Declared {
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', script, pathToFileURL(entry).href],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        FIREBASE_CONFIG: '{"storageBucket":"any.appspot.com"}',
        FUNCTIONS_CONTROL_API: 'true', // As firebase-tools: declares roles and APIs too.
        ...values,
      },
    },
  )
  const { endpoints, params, requiredAPIs, requiredRoles } = manifest.parse(JSON.parse(output))
  return {
    functions: Object.entries(endpoints).map(([name, declared]) => ({
      name,
      kind: kindOf(declared),
      retry: declared.eventTrigger?.retry ?? false,
      secrets: (declared.secretEnvironmentVariables ?? []).map(({ key }) => key),
    })),
    parameters: params
      .filter(({ type }) => type !== 'secret')
      .map(({ name, default: value }) => ({
        name,
        default: value === undefined || `${value}`.includes('{{') ? undefined : `${value}`,
      })),
    apis: requiredAPIs.map(({ api }) => api),
    roles: requiredRoles,
  }
}

/** The functions that this repository deploys. */
export function exportedFunctions(): ExportedFunction[] {
  return readDeclarations().functions
}

function kindOf(declared: z.output<typeof endpoint>): ExportedFunction['kind'] {
  if (declared.eventTrigger) return 'event'
  if (declared.taskQueueTrigger) return 'queue'
  if (declared.scheduleTrigger) return 'schedule'
  return declared.callableTrigger ? 'call' : 'other'
}
