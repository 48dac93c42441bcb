/* The command against local copies of Google's services. deploy.test.ts covers the steps. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bundleFunctions } from '../../../tools/bundle.ts'
import { firebaseCli, type Run } from '../../../tools/deploy/run.ts'
import { checkSettings } from '../../../tools/deploy/settings.ts'
import { deploySteps } from '../../../tools/deploy/steps.ts'
import { readDeclarations } from '../../../tools/doctor/exports.ts'
import { wantedIndexes } from '../../../tools/doctor/indexes.ts'
import { APIS, putApis, putReadyProject, UPLOADS } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const root = join(import.meta.dirname, '../../..')
const server = useGoogleServer()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  const example = readFileSync(join(root, 'functions/.env.example'), 'utf8')
  writeFileSync(join(folder, '.env'), example.replace(/^FUNCTIONS_REGION=.*\n/m, ''))
  writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The environment without addresses of emulators. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/_EMULATOR_H/.test(name)),
)

async function runNode(args: string[], variables: Record<string, string>) {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...environment, ...variables } })
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += String(data)))
  child.stderr.on('data', (data: Buffer) => (out += String(data)))
  const code = await new Promise((resolve) => child.once('close', resolve))
  return { code, out }
}

describe('npm run deploy -- --dry-run', { timeout: 60_000 }, () => {
  const dryRun = (...args: string[]) =>
    runNode(['tools/deploy.ts', '--dry-run', '--project', 'photo-album', '--parameters', folder, ...args], {
      FIRESIGHT_GOOGLE_APIS: `${server.url()}/{service}`,
    })

  /** Requests that change nothing although they are POST. */
  const readOnly = /:(testIamPermissions|getIamPolicy)$/

  test('prints every check and every step of a ready project, and changes nothing', async () => {
    putReadyProject(server)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    const { code, out } = await dryRun()
    for (const check of [
      'project',
      'billing plan',
      'APIs',
      'permissions',
      'upload bucket',
      'Firestore database',
      'sign-in',
      'web app',
    ])
      expect(out).toMatch(new RegExp(` ok {2}${check} `))
    for (const check of ['settings', 'functions', 'Firestore rules', 'Storage rules'])
      expect(out).toMatch(new RegExp(` -> {2}${check} `))
    const steps = ['build', 'settings', 'rules', 'indexes', 'functions', 'role for tasks', 'hosting', 'page']
    const printed = Array.from(out.matchAll(/^ +\d+\. ([\w ]+):/gm), ([, name]) => name)
    expect(printed).toEqual(steps)
    expect(out).toContain('This was a dry run: nothing was changed.')
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(files)
    expect(code).toBe(0)
  })

  test('prints what an empty project lacks, and exits with 1', async () => {
    putReadyProject(server)
    putApis(server, APIS.slice(0, 3))
    server.put('firebase/v1beta1/projects/photo-album/adminSdkConfig', { projectId: 'photo-album' })
    server.put('cloudbilling/v1/projects/photo-album/billingInfo', { projectId: 'photo-album' })
    const { code, out } = await dryRun()
    expect(out).toMatch(/FIX {2}billing plan .*Spark/)
    expect(out).toMatch(/ -> {2}APIs +14 are not enabled/)
    expect(out).toMatch(/FIX {2}upload bucket +the project has no default bucket/)
    expect(out).toMatch(/FIX {2}Firestore database .*--firestore-location is not set/)
    expect(out).toMatch(/ \? {2}sign-in +cannot be read before identitytoolkit/)
    expect(out).toContain('3 to fix')
    expect(server.sent.filter(({ path }) => !readOnly.test(path))).toEqual([])
    expect(code).toBe(1)
  })

  test('with Vertex AI, needs its API and its role, and no key', async () => {
    putReadyProject(server)
    server.fail(
      `secretmanager/v1/projects/photo-album/secrets/GEMINI_API_KEY/versions/latest`,
      404,
      'Not found.',
    )
    writeFileSync(join(folder, '.env.photo-album'), 'ENFORCE_APP_CHECK=false\nGEMINI_PROVIDER=vertex-ai\n')
    const { code, out } = await dryRun()
    expect(out).toMatch(/enables aiplatform\.googleapis\.com, before/)
    expect(out).toMatch(/creates a service account, and grants .*roles\/aiplatform\.user/)
    expect(out).not.toContain('GEMINI_API_KEY')
    expect(code).toBe(0)
  })

  test('refuses unknown parts', async () => {
    const { code, out } = await dryRun('--only', 'rules,extensions')
    expect(out).toContain('--only has extensions')
    expect(code).toBe(2)
  })
})

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
    const config = { database: '(default)', buckets: [UPLOADS], folder }
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
    const config = { database: 'photos', buckets: [UPLOADS, 'results'], folder }
    await deploySteps(run, ['rules'], { ...step, config })[0]?.run()
    expect(result.out).toContain('Deploy complete!')
    const released = server.sent.filter(({ path }) => path.startsWith(`${rules}/releases/`))
    expect(released.map(({ path }) => path.slice(`${rules}/releases/`.length)).toSorted()).toEqual(releases)
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
    const config = { database: '(default)', buckets: [UPLOADS], folder: settings }
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
