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

const script = `
  const entry = await import(process.argv[1])
  const endpoints = Object.fromEntries(Object.entries(entry).map(([name, { __endpoint }]) => [name, __endpoint]))
  console.log(JSON.stringify(endpoints))
`

/**
 * The functions that this repository deploys. Imports their entry file in a separate process, like
 * firebase-tools.
 */
export function exportedFunctions(entry = join(root, 'functions/src/index.ts')): ExportedFunction[] {
  const output = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', script, pathToFileURL(entry).href],
    { encoding: 'utf8', env: { ...process.env, FIREBASE_CONFIG: '{"storageBucket":"any.appspot.com"}' } },
  )
  return Object.entries(z.record(z.string(), endpoint).parse(JSON.parse(output))).map(([name, declared]) => ({
    name,
    kind: kindOf(declared),
    retry: declared.eventTrigger?.retry ?? false,
    secrets: (declared.secretEnvironmentVariables ?? []).map(({ key }) => key),
  }))
}

function kindOf(declared: z.output<typeof endpoint>): ExportedFunction['kind'] {
  if (declared.eventTrigger) return 'event'
  if (declared.taskQueueTrigger) return 'queue'
  if (declared.scheduleTrigger) return 'schedule'
  return declared.callableTrigger ? 'call' : 'other'
}
