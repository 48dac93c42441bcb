import { requiresAPI, requiresRole } from 'firebase-functions'

/**
 * Declares the APIs and roles that the functions need, for the installation and the service account that the
 * Firebase CLI creates. It grants access to the secret itself, and enables what events, queues and schedules need.
 */
export function declareRequirements(environment: Record<string, string | undefined> = process.env): void {
  const isVertex = environment.GEMINI_PROVIDER === 'vertex-ai'
  requiresAPI('firestore.googleapis.com', 'Stores annotations and quotas')
  requiresAPI('storage.googleapis.com', 'Holds photos and results')
  requiresAPI('identitytoolkit.googleapis.com', 'Holds the users, whose limits depend on their accounts')
  // Photos and results. Never roles/storage.admin: no bucket is created, changed or listed.
  requiresRole('roles/storage.objectUser')
  requiresRole('roles/datastore.user')
  requiresRole('roles/firebaseauth.viewer')
  requiresRole('roles/eventarc.eventReceiver')
  // Events, tasks and the schedule call the functions as this account.
  requiresRole('roles/run.invoker')
  requiresRole('roles/cloudtasks.enqueuer')
  if (isVertex) {
    requiresAPI('aiplatform.googleapis.com', 'Runs the models')
    requiresRole('roles/aiplatform.user')
  }
  if (environment.CONSUME_APP_CHECK_TOKEN === 'true') requiresRole('roles/firebaseappcheck.tokenVerifier')
}
