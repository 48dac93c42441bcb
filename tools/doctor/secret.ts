import { z } from 'zod'
import type { Config } from '../../functions/src/config/config.ts'
import { CannotLook, type Finding } from './finding.ts'
import type { Google } from './google.ts'

const secretName = 'GEMINI_API_KEY'
const command = `firebase functions:secrets:set ${secretName}`

// https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions, read 2026-11-27
const accessed = z.looseObject({ name: z.string(), payload: z.looseObject({ data: z.base64() }) })
const version = z.looseObject({ name: z.string(), state: z.string() })

export type Secret = { findings: Omit<Finding, 'check'>[]; key?: string }

/** The key of the Gemini API; with Vertex AI that there is a secret at all, since deployments bind it. The key is told to nobody. */
export async function checkSecret(google: Google, { provider }: Pick<Config, 'provider'>): Promise<Secret> {
  const path = `v1/projects/${google.project}/secrets/${secretName}/versions/latest`
  const missing = {
    state: 'mend',
    found: `there is no secret ${secretName}, or no version of it`,
    right: provider === 'vertex-ai' ? 'any value: it is bound, never read' : 'a key of the Gemini API',
    command,
  } as const
  if (provider === 'vertex-ai') {
    const found = await google.get('secretmanager', path, version)
    if (!found) return { findings: [missing] }
    if (found.state !== 'ENABLED')
      return { findings: [{ ...missing, found: `its latest version is ${found.state}` }] }
    return {
      findings: [
        { state: 'ok', found: `version ${versionOf(found.name)} is there, for the deployment alone` },
      ],
    }
  }
  const found = await google.get('secretmanager', `${path}:access`, accessed).catch((error: unknown) => {
    // A version that was disabled or destroyed cannot be read, and is no missing permission: 400, FAILED_PRECONDITION.
    if (error instanceof CannotLook && /\bDISABLED|DESTROYED\b/i.test(error.message)) return undefined
    throw error
  })
  if (!found) return { findings: [missing] }
  const key = Buffer.from(found.payload.data, 'base64').toString('utf8')
  if (key === '' || /\s/.test(key)) {
    const what = key.trim() === '' ? 'is empty' : 'has spaces or line ends in it'
    return { findings: [{ ...missing, found: `the key ${what}` }] }
  }
  return {
    key,
    findings: [
      { state: 'ok', found: `version ${versionOf(found.name)} can be read, ${key.length} characters` },
    ],
  }
}

function versionOf(name: string): string {
  return name.split('/').at(-1) ?? ''
}
