/**
 * Origins of web apps that may call the functions: CORS_ORIGINS, or the project's own Hosting sites. Never
 * empty, because the SDK would then allow every origin. Read when functions are declared, before parameters
 * are checked. In the emulators the SDK allows every origin.
 */
export function callOrigins(environment: Record<string, string | undefined> = process.env): string[] {
  const listed = (environment.CORS_ORIGINS ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '')
  if (listed.length > 0) return listed
  const project = environment.GCLOUD_PROJECT ?? projectOf(environment.FIREBASE_CONFIG)
  return [`https://${project}.web.app`, `https://${project}.firebaseapp.com`]
}

function projectOf(firebaseConfig: string | undefined): string {
  if (!firebaseConfig?.startsWith('{')) return 'unknown-project'
  const { projectId } = JSON.parse(firebaseConfig) as { projectId?: string }
  return projectId ?? 'unknown-project'
}
