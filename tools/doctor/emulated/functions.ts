import { z } from 'zod'
import type { ExportedFunction } from '../exports.ts'
import { CannotLook, type Check, type Finding } from '../finding.ts'
import { readJson } from '../read-json.ts'

/* What firebase-tools 15.34.2 tells of its emulators: lib/emulator/functionsEmulator.js and tasksEmulator.js. */
const trigger = z.looseObject({
  name: z.string(),
  region: z.string(),
  secretEnvironmentVariables: z.array(z.looseObject({ key: z.string() })).default([]),
})
const backends = z.looseObject({
  backends: z.array(z.looseObject({ functionTriggers: z.array(trigger) })),
})
const queueStats = z.record(z.string(), z.looseObject({ numberOfTasks: z.number() }))

type Trigger = z.output<typeof trigger>

const command = 'npm run build && npm start   # the reason stands in its log'

export function emulatedFunctionChecks(host: string, exports: ExportedFunction[]): Check[] {
  let triggers: Promise<Trigger[]> | undefined
  const loaded = () => (triggers ??= readTriggers(host))
  return exports.map((exported) => ({
    name: `function ${exported.name}`,
    look: async () => [
      judge(
        exported,
        (await loaded()).find(({ name }) => name === exported.name),
      ),
    ],
  }))
}

export function emulatedQueueChecks(host: string | undefined, exports: ExportedFunction[]): Check[] {
  return exports.flatMap(({ name, kind }): Check[] => {
    if (kind === 'queue') return [{ name: `queue ${name}`, look: () => checkQueue(host, name) }]
    if (kind !== 'schedule') return []
    const found = 'not needed in the emulator, which runs no schedules'
    return [{ name: `schedule ${name}`, look: async () => [{ state: 'ok', found }] }]
  })
}

async function checkQueue(host: string | undefined, id: string): Promise<Omit<Finding, 'check'>[]> {
  if (!host) throw new CannotLook('CLOUD_TASKS_EMULATOR_HOST is not set')
  const stats = (await readJson(`http://${host}/queueStats`, queueStats)) ?? {}
  const found = Object.entries(stats).find(([key]) => key.endsWith(`-${id}`))
  if (!found)
    return [
      {
        state: 'mend',
        found: 'the emulator has no such queue',
        right: 'one for each task function',
        command,
      },
    ]
  return [{ state: 'ok', found: `there, ${found[1].numberOfTasks} tasks wait` }]
}

async function readTriggers(host: string): Promise<Trigger[]> {
  const found = await readJson(`http://${host}/backends`, backends)
  if (!found) throw new CannotLook(`nothing is known at http://${host}/backends`)
  return found.backends.flatMap(({ functionTriggers }) => functionTriggers)
}

function judge({ secrets }: ExportedFunction, found: Trigger | undefined): Omit<Finding, 'check'> {
  if (!found) return { state: 'mend', found: 'the emulator has not loaded it', right: 'loaded', command }
  const bound = new Set(found.secretEnvironmentVariables.map(({ key }) => key))
  const unbound = secrets.filter((secret) => !bound.has(secret))
  if (unbound.length > 0)
    return { state: 'mend', found: `without the secret ${unbound.join(', ')}`, right: 'with it', command }
  return { state: 'ok', found: `loaded, ${found.region}` }
}
