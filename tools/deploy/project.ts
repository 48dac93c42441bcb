import { z } from 'zod'
import type { Google } from '../doctor/google.ts'
import type { Outcome } from './inspection.ts'

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects, read 2026-11-30
const firebaseProject = z.looseObject({ projectId: z.string(), projectNumber: z.string() })

// https://docs.cloud.google.com/billing/docs/reference/rest/v1/ProjectBillingInfo, read 2026-11-30
const billingInfo = z.looseObject({
  billingEnabled: z.boolean().default(false),
  billingAccountName: z.string().default(''),
})

/** Checks that the project exists and is a Firebase project. Returns its number. */
export async function checkProject(google: Google): Promise<Outcome<string | undefined>> {
  const { project } = google
  const found = await google.get('firebase', `v1beta1/projects/${project}`, firebaseProject)
  if (found) {
    const { projectNumber } = found
    return { value: projectNumber, findings: [{ state: 'ok', found: `${project}, number ${projectNumber}` }] }
  }
  return {
    value: undefined,
    findings: [
      {
        state: 'problem',
        found: `${project} is not a Firebase project, or your account cannot see it`,
        expected: 'a Firebase project that your account may deploy to',
        command: `firebase projects:addfirebase ${project}`,
      },
    ],
  }
}

/** Checks the Blaze plan: a project without billing can have no functions. */
export async function checkBilling(google: Google): Promise<Outcome> {
  const { project } = google
  const info = await google.get('cloudbilling', `v1/projects/${project}/billingInfo`, billingInfo)
  if (info?.billingEnabled) {
    const account = info.billingAccountName.split('/').at(-1)
    return { value: undefined, findings: [{ state: 'ok', found: `Blaze, billing account ${account}` }] }
  }
  return {
    value: undefined,
    findings: [
      {
        state: 'problem',
        found: 'the project has no open billing account (Spark plan)',
        expected: 'the Blaze plan, which Cloud Functions require',
        command: `open https://console.firebase.google.com/project/${project}/usage/details   # "Modify plan"`,
      },
    ],
  }
}
