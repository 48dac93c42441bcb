import { z } from 'zod'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'

// https://docs.cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions, read 2026-11-30
const tested = z.looseObject({ permissions: z.array(z.string()).default([]) })

/** The permissions of TARGET_PERMISSIONS in firebase-tools 15.34.2 (lib/deploy/index.js), and our own requests. */
const PERMISSIONS = {
  always: ['firebase.projects.get', 'serviceusage.services.enable'],
  rules: ['firebaserules.releases.create', 'firebaserules.releases.update', 'firebaserules.rulesets.create'],
  indexes: ['datastore.indexes.create', 'datastore.indexes.list', 'datastore.indexes.update'],
  functions: [
    'cloudfunctions.functions.create',
    'cloudfunctions.functions.delete',
    'cloudfunctions.functions.get',
    'cloudfunctions.functions.list',
    'cloudfunctions.functions.setIamPolicy',
    'cloudfunctions.functions.update',
    'cloudfunctions.operations.get',
    // checkServiceAccountIam() of lib/deploy/functions/checkIam.js, before every deployment.
    'iam.serviceAccounts.actAs',
  ],
  // Service agents receive roles at the first deployment (lib/deploy/functions/checkIam.js).
  newRoles: ['resourcemanager.projects.setIamPolicy'],
  // A code base that declares roles gets a service account of its own (lib/deploy/functions/prepare.js).
  ownAccount: ['iam.serviceAccounts.create', 'iam.serviceAccounts.setIamPolicy'],
  hosting: ['firebasehosting.sites.update'],
  database: ['datastore.databases.create'],
} as const

export type PermissionSet = keyof typeof PERMISSIONS

/** Checks the permissions of the account that deploys. */
export async function checkPermissions(google: Google, sets: PermissionSet[]): Promise<Outcome> {
  const { project } = google
  const needed = [...new Set(['always' as const, ...sets].flatMap((set) => PERMISSIONS[set]))]
  const granted = await google.send(
    'cloudresourcemanager',
    `v1/projects/${project}:testIamPermissions`,
    tested,
    {
      method: 'POST',
      body: { permissions: needed },
    },
  )
  const missing = needed.filter((permission) => !granted?.permissions.includes(permission))
  const value = undefined
  if (missing.length === 0)
    return { value, findings: [{ state: 'ok', found: `all ${needed.length} permissions` }] }
  return {
    value,
    findings: [
      {
        state: 'problem',
        found: `your account lacks ${missing.join(', ')}`,
        expected: 'roles/owner, or the roles of docs/deploy.md#the-account-that-deploys',
        command: `open https://console.cloud.google.com/iam-admin/iam?project=${project}`,
      },
    ],
  }
}
