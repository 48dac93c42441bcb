import { z } from 'zod'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'

// https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions, read
// 2026-11-30
const version = z.looseObject({ name: z.string(), state: z.string() })

/** Checks that a secret has an enabled version, without reading its value. `npm run doctor` reads it. */
export async function checkSecretVersion(google: Google, name: string): Promise<Outcome> {
  const { project } = google
  const path = `v1/projects/${project}/secrets/${name}/versions/latest`
  const found = await google.get('secretmanager', path, version)
  const value = undefined
  if (found?.state === 'ENABLED') {
    return { value, findings: [{ state: 'ok', found: `version ${found.name.split('/').at(-1)} is enabled` }] }
  }
  return {
    value,
    findings: [
      {
        state: 'problem',
        found: found ? `the latest version of ${name} is ${found.state}` : `${name} does not exist`,
        expected: 'an enabled version with a key of the Gemini API (https://aistudio.google.com/apikey)',
        command: `firebase functions:secrets:set ${name} --project ${project}`,
      },
    ],
  }
}
