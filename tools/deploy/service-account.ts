import { z } from 'zod'
import { CannotCheck } from '../doctor/finding.ts'
import type { Google } from '../doctor/google.ts'
import type { Outcome, Step } from './inspection.ts'

// https://docs.cloud.google.com/iam/docs/reference/rest/v1/Policy, read 2026-11-30
const policySchema = z.looseObject({
  etag: z.string().optional(),
  bindings: z
    .array(
      z.looseObject({
        role: z.string(),
        members: z.array(z.string()).default([]),
        condition: z.looseObject({}).optional(),
      }),
    )
    .default([]),
})

type Policy = z.output<typeof policySchema>

const ACT_AS = 'roles/iam.serviceAccountUser'

/** roles/editor contains the data roles, but not the access to secrets, which firebase-tools grants itself. */
const COVERS = ['roles/owner', 'roles/editor']

export type Account = {
  email: string
  /** Whether firebase-tools manages the account, because the code declares its roles. */
  isManaged: boolean
}

/** The roles that the functions need if the code declares none, besides those that firebase-tools grants. */
export function neededRoles(provider: 'gemini-api' | 'vertex-ai'): string[] {
  return [
    'roles/cloudtasks.enqueuer',
    'roles/datastore.user',
    'roles/firebaseauth.viewer',
    'roles/storage.objectUser',
    ...(provider === 'vertex-ai' ? ['roles/aiplatform.user'] : []),
  ]
}

/** The account of deployed functions, or the one that the first deployment uses. */
export function accountOf(deployed: string | undefined, projectNumber: string): Account {
  const email = deployed ?? `${projectNumber}-compute@developer.gserviceaccount.com`
  return { email, isManaged: email.startsWith('firebase-fn-') }
}

/**
 * Checks the roles of the service account of the functions. Roles that the code declares are granted by
 * firebase-tools; without declared roles, the operator grants them.
 */
export async function checkRoles(
  google: Google,
  { email, isManaged }: Account,
  roles: { needed: string[]; declared: string[] },
): Promise<Outcome> {
  const { project } = google
  const value = undefined
  if (roles.declared.length > 0 && !isManaged) {
    const expected = `creates a service account, and grants ${roles.declared.join(', ')}`
    return {
      value,
      findings: [{ state: 'change', found: 'the functions have no service account of their own', expected }],
    }
  }
  const policy = await google.send(
    'cloudresourcemanager',
    `v1/projects/${project}:getIamPolicy`,
    policySchema,
    {
      method: 'POST',
      body: {},
    },
  )
  if (!policy) throw new CannotCheck(`the project ${project} has no IAM policy`)
  const granted = rolesOf(policy, email)
  const covered = !isManaged && COVERS.some((role) => granted.has(role))
  const wanted = roles.declared.length > 0 ? roles.declared : roles.needed
  const missing = covered ? [] : wanted.filter((role) => !granted.has(role))
  if (missing.length === 0) return { value, findings: [{ state: 'ok', found: `${email} has its roles` }] }
  if (roles.declared.length > 0) {
    return {
      value,
      findings: [
        {
          state: 'change',
          found: `${email} lacks ${missing.join(', ')}`,
          expected: 'grants the declared roles',
        },
      ],
    }
  }
  const grants = missing.map(
    (role) =>
      `gcloud projects add-iam-policy-binding ${project} --member=serviceAccount:${email} --role=${role}`,
  )
  return {
    value,
    findings: [
      {
        state: 'problem',
        found: `${email} lacks ${missing.join(', ')}`,
        expected: 'the roles of docs/deploy.md#the-service-account-of-the-functions',
        command: grants.join(' && '),
      },
    ],
  }
}

/**
 * The step after the deployment of the functions. Cloud Tasks calls the queue functions with a token of this
 * account, so the account must be allowed to act as itself. Declared roles cannot express that (README of
 * taskqueues-backup-images in firebase/functions-samples, read 2026-11-30).
 */
export function actAsStep(google: Google, account: () => Promise<string | undefined>): Step {
  return {
    name: 'role for tasks',
    does: `lets the service account of the functions act as itself (${ACT_AS}), if it cannot yet; task queues need it`,
    run: async () => {
      const email = await account()
      if (!email) throw new CannotCheck('the deployed functions name no service account')
      await grantActAs(google, email)
    },
  }
}

/** Grants the role on the account itself, unless a binding on the account or the project grants it already. */
export async function grantActAs(google: Google, email: string): Promise<'granted' | 'unchanged'> {
  const account = `v1/projects/${google.project}/serviceAccounts/${email}`
  const read = { method: 'POST', body: {} } as const
  const ofProject = await google.send(
    'cloudresourcemanager',
    `v1/projects/${google.project}:getIamPolicy`,
    policySchema,
    read,
  )
  const own = await google.send('iam', `${account}:getIamPolicy`, policySchema, read)
  if (!own) throw new CannotCheck(`the service account ${email} does not exist`)
  const granted = new Set([...rolesOf(own, email), ...(ofProject ? rolesOf(ofProject, email) : [])])
  if ([ACT_AS, ...COVERS].some((role) => granted.has(role))) return 'unchanged'
  const policy = {
    ...own,
    bindings: [...own.bindings, { role: ACT_AS, members: [`serviceAccount:${email}`] }],
  }
  await google.send('iam', `${account}:setIamPolicy`, policySchema, { method: 'POST', body: { policy } })
  return 'granted'
}

/** The roles of an account that do not depend on a condition. */
function rolesOf({ bindings }: Policy, email: string): Set<string> {
  const member = `serviceAccount:${email}`
  return new Set(
    bindings
      .filter(({ members, condition }) => !condition && members.includes(member))
      .map(({ role }) => role),
  )
}
