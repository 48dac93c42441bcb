import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { useGoogleServer } from './google-server.ts'

type GoogleServer = ReturnType<typeof useGoogleServer>

const root = join(import.meta.dirname, '../..')

/** The APIs of a deployment with the Gemini API and the page. */
export const APIS = [
  'artifactregistry',
  'cloudbuild',
  'cloudfunctions',
  'cloudresourcemanager',
  'cloudscheduler',
  'cloudtasks',
  'eventarc',
  'firebasehosting',
  'firebaserules',
  'firebasestorage',
  'firestore',
  'iam',
  'identitytoolkit',
  'pubsub',
  'run',
  'secretmanager',
  'storage',
].map((name) => `${name}.googleapis.com`)

export const UPLOADS = 'photo-album.firebasestorage.app'

/**
 * A project that is ready for its first deployment, in the form of Google's reference pages, read 2026-11-30.
 * Nothing is deployed yet.
 */
export function putReadyProject(server: GoogleServer, { location = 'US' } = {}): void {
  const project = `projects/${server.project}`
  const number = '415104041262'
  // https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects/get
  server.put(`firebase/v1beta1/${project}`, {
    projectId: server.project,
    projectNumber: number,
    displayName: 'Photo album',
    name: project,
    state: 'ACTIVE',
    etag: '1_0a1b',
  })
  // https://docs.cloud.google.com/billing/docs/reference/rest/v1/projects/getBillingInfo
  server.put(`cloudbilling/v1/${project}/billingInfo`, {
    name: `${project}/billingInfo`,
    projectId: server.project,
    billingAccountName: 'billingAccounts/012345-567890-ABCDEF',
    billingEnabled: true,
  })
  putApis(server, APIS)
  // https://docs.cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions. The server of
  // the tests cannot see which permissions are requested, so it grants all.
  server.put(`cloudresourcemanager/v1/${project}:testIamPermissions`, { permissions: ALL_PERMISSIONS })
  // https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects/getAdminSdkConfig
  server.put(`firebase/v1beta1/${project}/adminSdkConfig`, {
    projectId: server.project,
    storageBucket: UPLOADS,
  })
  // https://docs.cloud.google.com/storage/docs/json_api/v1/buckets
  server.put(`storage/storage/v1/b/${UPLOADS}`, { kind: 'storage#bucket', name: UPLOADS, location })
  // https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases
  server.put(`firestore/v1/${project}/databases/(default)`, {
    name: `${project}/databases/(default)`,
    uid: '0a1b2c3d',
    locationId: 'nam5',
    type: 'FIRESTORE_NATIVE',
    concurrencyMode: 'PESSIMISTIC',
    databaseEdition: 'STANDARD',
  })
  // https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/get
  server.put(`secretmanager/v1/${project}/secrets/GEMINI_API_KEY/versions/latest`, {
    name: `projects/${number}/secrets/GEMINI_API_KEY/versions/1`,
    createTime: '2026-11-29T10:00:00Z',
    state: 'ENABLED',
  })
  // https://docs.cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/list
  server.put(`cloudfunctions/v2/${project}/locations/-/functions`, {})
  putPolicy(server, [
    { role: 'roles/editor', members: [`serviceAccount:${number}-compute@developer.gserviceaccount.com`] },
  ])
  // https://docs.cloud.google.com/identity-platform/docs/reference/rest/v2/Config
  server.put(`identitytoolkit/admin/v2/${project}/config`, {
    name: `projects/${number}/config`,
    signIn: { email: { enabled: false }, anonymous: { enabled: true } },
    authorizedDomains: ['localhost', 'photo-album.web.app'],
  })
  // https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects.webApps/list
  server.put(`firebase/v1beta1/${project}/webApps`, { apps: [webApp(server.project)] })
  // https://firebase.google.com/docs/reference/hosting/rest/v1beta1/projects.sites/list
  server.put(`firebasehosting/v1beta1/${project}/sites`, {
    sites: [site(server.project, webApp(server.project).appId)],
  })
}

/** https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/list */
export function putApis(server: GoogleServer, apis: string[]): void {
  server.put(`serviceusage/v1/projects/${server.project}/services`, {
    services: apis.map((name) => ({
      name: `projects/415104041262/services/${name}`,
      config: { name, title: name },
      state: 'ENABLED',
    })),
  })
}

/** https://docs.cloud.google.com/resource-manager/reference/rest/v1/projects/getIamPolicy */
export function putPolicy(server: GoogleServer, bindings: object[]): void {
  server.put(`cloudresourcemanager/v1/projects/${server.project}:getIamPolicy`, {
    version: 1,
    etag: 'BwXh',
    bindings,
  })
}

/** https://firebase.google.com/docs/reference/rules/rest/v1/projects.releases/get and projects.rulesets/get */
export function putRules(server: GoogleServer, release: string, content: string): void {
  const project = `projects/${server.project}`
  const rulesetName = `${project}/rulesets/${release.replaceAll('/', '-')}`
  server.put(`firebaserules/v1/${project}/releases/${release}`, {
    name: `${project}/releases/${release}`,
    rulesetName,
  })
  server.put(`firebaserules/v1/${rulesetName}`, {
    name: rulesetName,
    source: { files: [{ name: 'a.rules', content }] },
  })
}

export const ourRules = (file: 'firestore.rules' | 'storage.rules') => readFileSync(join(root, file), 'utf8')

export function webApp(project: string) {
  return {
    name: `projects/${project}/webApps/1:415104041262:web:0a1b2c3d`,
    appId: '1:415104041262:web:0a1b2c3d',
    displayName: 'Firesight',
    projectId: project,
    state: 'ACTIVE',
  }
}

export function site(project: string, appId?: string) {
  return {
    name: `projects/${project}/sites/${project}`,
    defaultUrl: `https://${project}.web.app`,
    type: 'DEFAULT_SITE',
    ...(appId && { appId }),
  }
}

export const ALL_PERMISSIONS = [
  'cloudfunctions.functions.create',
  'cloudfunctions.functions.delete',
  'cloudfunctions.functions.get',
  'cloudfunctions.functions.list',
  'cloudfunctions.functions.setIamPolicy',
  'cloudfunctions.functions.update',
  'cloudfunctions.operations.get',
  'datastore.databases.create',
  'datastore.indexes.create',
  'datastore.indexes.list',
  'datastore.indexes.update',
  'firebase.projects.get',
  'firebasehosting.sites.update',
  'firebaserules.releases.create',
  'firebaserules.releases.update',
  'firebaserules.rulesets.create',
  'iam.serviceAccounts.actAs',
  'iam.serviceAccounts.create',
  'iam.serviceAccounts.setIamPolicy',
  'resourcemanager.projects.setIamPolicy',
  'serviceusage.services.enable',
]
