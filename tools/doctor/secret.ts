import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import { CannotCheck, type Finding } from './finding.ts'
import type { Google } from './google.ts'

const secretName = 'GEMINI_API_KEY'
const command = `firebase functions:secrets:set ${secretName}`

// https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions, read
// 2026-11-27
const accessed = z.looseObject({ name: z.string(), payload: z.looseObject({ data: z.base64() }) })
const version = z.looseObject({ name: z.string(), state: z.string() })

export type Secret = { findings: Omit<Finding, 'check'>[]; key?: string }

/**
 * Checks and returns the API key. With Vertex AI only checks that the secret exists, because deployments bind
 * it. The key is never printed.
 */
export async function checkSecret(google: Google, { provider }: Pick<Config, 'provider'>): Promise<Secret> {
  const path = `v1/projects/${google.project}/secrets/${secretName}/versions/latest`
  const missing = {
    state: 'problem',
    found: `the secret ${secretName} does not exist or has no version`,
    expected:
      provider === 'vertex-ai' ? 'any value: deployments bind it, but do not read it' : 'a Gemini API key',
    command,
  } as const
  if (provider === 'vertex-ai') {
    const found = await google.get('secretmanager', path, version)
    if (!found) return { findings: [missing] }
    if (found.state !== 'ENABLED')
      return { findings: [{ ...missing, found: `its latest version is ${found.state}` }] }
    return {
      findings: [
        { state: 'ok', found: `version ${versionOf(found.name)} exists; Vertex AI does not use it` },
      ],
    }
  }
  const found = await google.get('secretmanager', `${path}:access`, accessed).catch((error: unknown) => {
    // Reading a disabled or destroyed version fails with 400 FAILED_PRECONDITION: not a missing permission.
    if (error instanceof CannotCheck && /\bDISABLED|DESTROYED\b/i.test(error.message)) return undefined
    throw error
  })
  if (!found) return { findings: [missing] }
  const key = Buffer.from(found.payload.data, 'base64').toString('utf8')
  if (key === '' || /\s/.test(key)) {
    const problem = key.trim() === '' ? 'is empty' : 'contains spaces or line breaks'
    return { findings: [{ ...missing, found: `the key ${problem}` }] }
  }
  return {
    key,
    findings: [
      { state: 'ok', found: `version ${versionOf(found.name)} is readable, ${key.length} characters` },
    ],
  }
}

function versionOf(name: string): string {
  return name.split('/').at(-1) ?? ''
}
