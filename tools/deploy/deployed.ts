import type { ExportedFunction } from '../doctor/exports.ts'
import { listFunctions } from '../doctor/functions.ts'
import type { Google } from '../doctor/google.ts'
import type { Found, Outcome } from './inspection.ts'

const codebase = 'firesight'

export type Deployed = { count: number; account: string | undefined }

/** Lists the deployed functions: which ones the deployment deletes, and their service account. */
export async function checkDeployed(
  google: Google,
  { exports, region }: { exports: ExportedFunction[]; region: string },
): Promise<Outcome<Deployed>> {
  const { items } = await listFunctions(google)
  const own = items.filter(({ labels }) => labels['firebase-functions-codebase'] === codebase)
  const account = own.map(({ serviceConfig }) => serviceConfig?.serviceAccountEmail).find(Boolean)
  const value = { count: own.length, account }
  if (own.length === 0) {
    return {
      value,
      findings: [
        { state: 'change', found: 'not deployed yet', expected: `creates ${exports.length} in ${region}` },
      ],
    }
  }
  const names = new Set(exports.map(({ name }) => name))
  const gone = own.filter(({ name }) => !names.has(idOf(name)) || regionOf(name) !== region)
  const findings: Found[] = [
    { state: 'change', found: `${own.length} deployed`, expected: `updates them in ${region}` },
  ]
  if (gone.length > 0) {
    const list = gone.map(({ name }) => `${idOf(name)} in ${regionOf(name)}`).join(', ')
    findings.push({
      state: 'change',
      found: `no longer in the code or in the region: ${list}`,
      expected: 'deletes them, with the tasks in their queues; firebase-tools asks first in a terminal',
    })
  }
  return { value, findings }
}

const idOf = (name: string) => name.split('/').at(-1) ?? ''
const regionOf = (name: string) => /locations\/([^/]+)/.exec(name)?.[1] ?? ''
