/* The commands of the Firebase CLI in a deployment, against a local server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundleFunctions } from '../../../tools/bundle.ts'
import { firebaseCli, type Run } from '../../../tools/deploy/run.ts'
import { checkSettings } from '../../../tools/deploy/settings.ts'
import { deploySteps } from '../../../tools/deploy/steps.ts'
import { readDeclarations } from '../../../tools/doctor/exports.ts'
import { wantedIndexes } from '../../../tools/doctor/indexes.ts'
import { ourRules, putReadyProject, UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'
import { runNode } from '../../support/run-node.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the Firebase CLI of the lockfile', { timeout: 180_000 }, () => {
  const project = 'projects/photo-album'
  const byNumber = 'projects/415104041262'
  const step = { project: 'photo-album', interactive: false, page: {} }

  /** Runs the CLI against the local server, with what every command of it requests. */
  function localCli(...flags: string[]) {
    server.put('google/oauth2/v3/token', { access_token: 'a', expires_in: 3600, token_type: 'Bearer' })
    server.put(`cloudresourcemanager/v1/${project}`, {
      projectId: 'photo-album',
      projectNumber: '415104041262',
    })
    const result = { code: undefined as unknown, out: '' }
    const variables = Object.entries(CLI_SERVICES).map(([name, service]) => [
      name,
      `${server.url()}/${service}`,
    ])
    const run: Run = async (_, args) => {
      const local = { CI: '1', XDG_CONFIG_HOME: folder, FIREBASE_TOKEN: 'local' }
      const addresses = Object.fromEntries(variables) as Record<string, string>
      Object.assign(result, await runNode([firebaseCli(), ...args, ...flags], { ...local, ...addresses }))
    }
    return { run, result }
  }

  /** The CLI names an API by the host of its URL, which is that of the local server. */
  function putEnabled(parent: string, ...apis: string[]): void {
    for (const api of ['127.0.0.1', ...apis])
      server.put(`serviceusage/v1/${parent}/services/${api}`, { state: 'ENABLED' })
  }

  test('keeps indexes that are not in our file, with the flags of the step for indexes', async () => {
    putReadyProject(server)
    const groups = `firestore/v1/${project}/databases/(default)/collectionGroups`
    // https://docs.cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.indexes
    const other = {
      name: `${project}/databases/(default)/collectionGroups/albums/indexes/CICAgOjXh4EK`,
      queryScope: 'COLLECTION',
      fields: [
        { fieldPath: 'owner', order: 'ASCENDING' },
        { fieldPath: 'title', order: 'ASCENDING' },
        { fieldPath: '__name__', order: 'ASCENDING' },
      ],
      state: 'READY',
    }
    server.put(`${groups}/-/indexes`, { indexes: [other] })
    server.put(`${groups}/-/fields`, { fields: [] })
    const { indexes, fieldOverrides } = wantedIndexes()
    for (const { collectionGroup } of indexes)
      server.put(`${groups}/${collectionGroup}/indexes`, { name: 'a' })
    for (const { collectionGroup, fieldPath } of fieldOverrides)
      server.put(`${groups}/${collectionGroup}/fields/${fieldPath}`, { name: 'a' })
    server.put(`firebaserules/v1/${project}:test`, {})
    putEnabled(project)
    const { run, result } = localCli()
    const config = { database: '(default)', buckets: [UPLOADS], folder, files: {} }
    await deploySteps(run, ['indexes'], { ...step, config })[0]?.run()
    expect(result.out).toContain('deployed indexes in firestore.indexes.json')
    expect(result.out).toContain('there are 1 indexes defined in your project that are not present')
    expect(server.sent.filter(({ path }) => path.endsWith('/indexes')).length).toBeGreaterThan(0)
    expect(server.sent.filter(({ method }) => method === 'DELETE')).toEqual([])
    expect(result.code).toBe(0)
  })

  test('releases the rules to the database and to each bucket, with the flags of the step for rules', async () => {
    putReadyProject(server)
    putEnabled(project)
    // https://firebase.google.com/docs/reference/rules/rest/v1/projects.rulesets and projects.releases
    const rules = `firebaserules/v1/${project}`
    server.put(`firestore/v1/${project}/databases/photos`, { name: 'photos', locationId: 'nam5' })
    server.put(`${rules}:test`, {})
    server.put(`${rules}/releases`, {})
    server.put(`${rules}/rulesets`, { name: `${project}/rulesets/0a1b` })
    const releases = ['cloud.firestore/photos', `firebase.storage/${UPLOADS}`, 'firebase.storage/results']
    for (const release of releases) server.put(`${rules}/releases/${release}`, { name: release })
    const { run, result } = localCli()
    const written = ourRules('firestore.rules').replace('match /images/', 'match /photos/')
    const files = { 'firestore.rules': written }
    const config = { database: 'photos', buckets: [UPLOADS, 'results'], folder, files }
    await deploySteps(run, ['rules'], { ...step, config })[0]?.run()
    expect(result.out).toContain('Deploy complete!')
    const released = server.sent.filter(({ path }) => path.startsWith(`${rules}/releases/`))
    expect(released.map(({ path }) => path.slice(`${rules}/releases/`.length)).toSorted()).toEqual(releases)
    const rulesets = server.sent.filter(({ path }) => path === `${rules}/rulesets`)
    const bodies = rulesets.map(({ body }) => JSON.stringify(body))
    expect(bodies.filter((body) => body.includes('match /photos/'))).toHaveLength(1)
    expect(server.sent.filter(({ path }) => path.endsWith('/indexes'))).toEqual([])
    expect(result.code).toBe(0)
  })

  test('accepts the functions with the settings that the deployment writes, up to the first change', async () => {
    putReadyProject(server)
    await bundleFunctions(join(root, 'functions/dist'))
    // The CLI reads parameter files only in the folder of firebase.json.
    const settings = mkdtempSync(join(root, '.cache/deploy-'))
    writeFileSync(join(settings, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\n')
    const { parameters, apis } = readDeclarations()
    const code = { values: { ENFORCE_APP_CHECK: 'false' }, questions: parameters }
    const found = { FUNCTIONS_REGION: 'us-central1', UPLOAD_BUCKET: UPLOADS }
    const options = { folder: settings, project: 'photo-album', code, found, interactive: false }
    await (await checkSettings(options)).steps?.[0]?.run()

    putEnabled(project, 'iam.googleapis.com', 'cloudresourcemanager.googleapis.com')
    putEnabled(byNumber, ...apis, 'cloudtasks.googleapis.com', 'cloudscheduler.googleapis.com')
    for (const api of ['pubsub', 'eventarc'])
      server.put(`serviceusage/v1beta1/${byNumber}/services/${api}.googleapis.com:generateServiceIdentity`, {
        done: true,
      })
    server.put(`cloudfunctions/v1/${project}/locations/-/functions`, {})
    const secret = `secretmanager/v1/${project}/secrets/GEMINI_API_KEY`
    server.put(secret, { name: `${byNumber}/secrets/GEMINI_API_KEY`, labels: {}, replication: {} })
    server.put(`${secret}:getIamPolicy`, { etag: 'BwXh' })
    const agent = 'service-415104041262@gs-project-accounts.iam.gserviceaccount.com'
    server.put(`storage/storage/v1/${byNumber}/serviceAccount`, { email_address: agent })
    server.put(`cloudresourcemanager/v1/${byNumber}:getIamPolicy`, { etag: 'BwXh', bindings: [] })
    const { run, result } = localCli('--dry-run')
    const config = { database: '(default)', buckets: [UPLOADS], folder: settings, files: {} }
    await deploySteps(run, ['functions'], { ...step, config })[0]?.run()
    rmSync(settings, { recursive: true })
    expect(result.out).toContain('Dry run complete!')
    expect(result.out).toMatch(/newly be retried in case of failure: .*onImageUploaded\(us-central1\)/)
    expect(result.out).toMatch(
      /firebase-fn-\d+@photo-album\.iam\.gserviceaccount\.com will be granted access to secret GEMINI_API_KEY/,
    )
    expect(result.code).toBe(0)
  })
})

/** Environment variables of firebase-tools 15.34.2 for the origins of the services (lib/api.js). */
const CLI_SERVICES = {
  ARTIFACT_REGISTRY_DOMAIN: 'artifactregistry',
  CLOUD_RUN_API_URL: 'run',
  CLOUD_RUN_URL: 'run',
  CLOUD_SECRET_MANAGER_URL: 'secretmanager',
  COMPUTE_URL: 'compute',
  EVENTARC_URL: 'eventarc',
  FIREBASE_API_URL: 'firebase',
  FIREBASE_CLOUDBUILD_URL: 'cloudbuild',
  FIREBASE_EXT_URL: 'firebaseextensions',
  FIREBASE_FUNCTIONS_URL: 'cloudfunctions',
  FIREBASE_FUNCTIONS_V2_URL: 'cloudfunctions',
  FIREBASE_IAM_URL: 'iam',
  FIREBASE_PUBSUB_URL: 'pubsub',
  FIREBASE_RESOURCEMANAGER_URL: 'cloudresourcemanager',
  FIREBASE_RULES_URL: 'firebaserules',
  FIREBASE_RUNTIMECONFIG_URL: 'runtimeconfig',
  FIREBASE_SERVICE_USAGE_URL: 'serviceusage',
  FIREBASE_STORAGE_URL: 'storage',
  FIREBASE_TOKEN_URL: 'google',
  FIRESTORE_URL: 'firestore',
}
