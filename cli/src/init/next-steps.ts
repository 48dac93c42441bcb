import { SCRIPT } from './local-run.ts'
import type { Plan } from './plan.ts'

/** What the user does after the changes. A step can have several lines. */
export function nextSteps({ project, codebase, regions, needsKey }: Plan): string[] {
  const { kind, source, names } = codebase
  const targets = [...names.map((name) => `functions:${name}`), 'firestore', 'storage']
  return [
    kind === 'kit' ? 'npm install' : `npm install && npm --prefix ${source} install`,
    `npm run ${SCRIPT}   # the emulators with a local Gemini API; needs a JDK 21`,
    ...(kind === 'codebase' && needsKey
      ? [`firebase functions:secrets:set GEMINI_API_KEY --project ${project.id}`]
      : []),
    `firebase deploy --only ${targets.join(',')} --project ${project.id}`,
    [
      'After the first deployment, let the service account of the functions act as itself. Without this role,',
      kind === 'kit'
        ? 'tasks that wait for more than an hour fail:'
        : 'sweeps and backfills cannot queue photos:',
      ...names.flatMap((name, index) => {
        const deployed = kind === 'kit' ? `kit-${name}-${FUNCTION}` : FUNCTION
        return roleCommands(deployed, regions[index] ?? '', project.id)
      }),
    ].join('\n'),
  ]
}

/** A function of every installation, whose account is that of all functions. */
const FUNCTION = 'onImageUploaded'

/** The Firebase CLI creates the account when it deploys, so its name is read from a function. */
function roleCommands(name: string, region: string, project: string): string[] {
  return [
    `ACCOUNT=$(gcloud functions describe ${name} --region=${region} --project=${project} --format="value(serviceConfig.serviceAccountEmail)")`,
    `gcloud iam service-accounts add-iam-policy-binding "$ACCOUNT" --member="serviceAccount:$ACCOUNT" --role=roles/iam.serviceAccountUser --project=${project}`,
  ]
}
