import { z } from 'zod'
import type { ExportedFunction } from './exports.ts'
import type { Check, Finding } from './finding.ts'
import type { Google } from './google.ts'

// https://docs.cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues, read 2026-11-27
const queue = z.looseObject({ name: z.string(), state: z.string().default('STATE_UNSPECIFIED') })

// https://docs.cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs, read 2026-11-27
const job = z.looseObject({
  name: z.string(),
  state: z.string().default('STATE_UNSPECIFIED'),
  schedule: z.string().default(''),
  /** The result of the last run. A code other than 0 is a failure. */
  status: z.looseObject({ code: z.int().default(0) }).optional(),
})

/** A check for each task queue and each schedule. Deployments create them. */
export function queueChecks(google: Google, exports: ExportedFunction[], region: string): Check[] {
  const place = `projects/${google.project}/locations/${region}`
  return exports.flatMap(({ name, kind }): Check[] => {
    if (kind === 'queue') return [{ name: `queue ${name}`, run: () => checkQueue(google, place, name) }]
    if (kind === 'schedule') {
      const id = `firebase-schedule-${name}-${region}` // The name that firebase-tools generates.
      return [{ name: `schedule ${name}`, run: () => checkSchedule(google, place, id, name) }]
    }
    return []
  })
}

async function checkQueue(google: Google, place: string, id: string): Promise<Omit<Finding, 'check'>[]> {
  const found = await google.get('cloudtasks', `v2/${place}/queues/${id}`, queue)
  const expected = 'a running queue'
  if (!found)
    return [{ state: 'problem', found: 'the queue does not exist', expected, command: deploy(google, id) }]
  if (found.state === 'RUNNING') return [{ state: 'ok', found: 'running' }]
  const command = `gcloud tasks queues resume ${id} --location=${place.split('/').at(-1)} --project=${google.project}`
  return [{ state: 'problem', found: `the queue is ${found.state}`, expected, command }]
}

async function checkSchedule(
  google: Google,
  place: string,
  id: string,
  name: string,
): Promise<Omit<Finding, 'check'>[]> {
  const found = await google.get('cloudscheduler', `v1/${place}/jobs/${id}`, job)
  if (!found) {
    return [
      {
        state: 'problem',
        found: 'the job does not exist',
        expected: 'an enabled job',
        command: deploy(google, name),
      },
    ]
  }
  const at = `--location=${place.split('/').at(-1)} --project=${google.project}`
  if (found.state !== 'ENABLED') {
    const command = `gcloud scheduler jobs resume ${id} ${at}`
    return [{ state: 'problem', found: `the job is ${found.state}`, expected: 'an enabled job', command }]
  }
  const code = found.status?.code ?? 0
  if (code !== 0) {
    const command = `firebase functions:log --only ${name} --project ${google.project}`
    return [
      {
        state: 'problem',
        found: `the last run failed (gRPC code ${code})`,
        expected: 'a successful run; the log has the error',
        command,
      },
    ]
  }
  return [{ state: 'ok', found: `enabled, ${found.schedule}` }]
}

function deploy(google: Google, name: string): string {
  return `firebase deploy --only functions:firesight:${name} --project ${google.project}`
}
