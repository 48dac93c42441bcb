import { z } from 'zod'
import type { ExportedFunction } from '../exports.ts'
import { CannotCheck, type Check, type Finding } from '../finding.ts'
import { readJson } from '../read-json.ts'

/* The formats of firebase-tools 15.34.2: lib/emulator/functionsEmulator.js and tasksEmulator.js. */
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

const command = 'npm run build && npm start   # its log has the reason'

export function emulatedFunctionChecks(host: string, exports: ExportedFunction[]): Check[] {
  let triggers: Promise<Trigger[]> | undefined
  const loaded = () => (triggers ??= readTriggers(host))
  return exports.map((exported) => ({
    name: `function ${exported.name}`,
    run: async () => [
      judge(
        exported,
        (await loaded()).find(({ name }) => name === exported.name),
      ),
    ],
  }))
}

export function emulatedQueueChecks(host: string | undefined, exports: ExportedFunction[]): Check[] {
  return exports.flatMap(({ name, kind }): Check[] => {
    if (kind === 'queue') return [{ name: `queue ${name}`, run: () => checkQueue(host, name) }]
    if (kind !== 'schedule') return []
    const found = 'not needed: the emulator runs no schedules'
    return [{ name: `schedule ${name}`, run: async () => [{ state: 'ok', found }] }]
  })
}

async function checkQueue(host: string | undefined, id: string): Promise<Omit<Finding, 'check'>[]> {
  if (!host) throw new CannotCheck('CLOUD_TASKS_EMULATOR_HOST is not set')
  const stats = (await readJson(`http://${host}/queueStats`, queueStats)) ?? {}
  const found = Object.entries(stats).find(([key]) => key.endsWith(`-${id}`))
  if (!found)
    return [
      {
        state: 'problem',
        found: 'the queue does not exist',
        expected: 'a queue for each task function',
        command,
      },
    ]
  return [{ state: 'ok', found: `exists, ${found[1].numberOfTasks} tasks waiting` }]
}

async function readTriggers(host: string): Promise<Trigger[]> {
  const found = await readJson(`http://${host}/backends`, backends)
  if (!found) throw new CannotCheck(`http://${host}/backends does not exist`)
  return found.backends.flatMap(({ functionTriggers }) => functionTriggers)
}

function judge({ secrets }: ExportedFunction, found: Trigger | undefined): Omit<Finding, 'check'> {
  if (!found) return { state: 'problem', found: 'not loaded', expected: 'loaded', command }
  const bound = new Set(found.secretEnvironmentVariables.map(({ key }) => key))
  const unbound = secrets.filter((secret) => !bound.has(secret))
  if (unbound.length > 0)
    return {
      state: 'problem',
      found: `the secret ${unbound.join(', ')} is not bound`,
      expected: 'bound secrets',
      command,
    }
  return { state: 'ok', found: `loaded, ${found.region}` }
}
