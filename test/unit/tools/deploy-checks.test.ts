/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkApis, requiredApis } from '../../../tools/deploy/apis.ts'
import { checkResults, checkUploads } from '../../../tools/deploy/buckets.ts'
import { checkDatabase } from '../../../tools/deploy/database.ts'
import { checkDeployed } from '../../../tools/deploy/deployed.ts'
import { Inspection, type Outcome } from '../../../tools/deploy/inspection.ts'
import { checkPermissions } from '../../../tools/deploy/permissions.ts'
import { checkBilling, checkProject } from '../../../tools/deploy/project.ts'
import { checkReplacedRules } from '../../../tools/deploy/rules.ts'
import { checkSecretVersion } from '../../../tools/deploy/secret.ts'
import { accountOf, checkRoles, grantActAs } from '../../../tools/deploy/service-account.ts'
import { checkSettings } from '../../../tools/deploy/settings.ts'
import { checkSignIn } from '../../../tools/deploy/sign-in.ts'
import { checkSiteKey, checkWebApp, createWebApp } from '../../../tools/deploy/web-app.ts'
import { CannotCheck } from '../../../tools/doctor/finding.ts'
import {
  ourRules,
  putApis,
  putPolicy,
  putReadyProject,
  putRules,
  site,
  UPLOADS,
  webApp,
} from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const project = 'projects/photo-album'
const states = async (outcome: Promise<Outcome<unknown>>) =>
  (await outcome).findings.map(({ state }) => state)
const notRun = async () => expect.unreachable('no program may run')

describe('the project', () => {
  test('checkProject() returns the project number', async () => {
    putReadyProject(server)
    expect(await checkProject(server.google())).toMatchObject({
      value: '415104041262',
      findings: [{ state: 'ok' }],
    })
  })

  test('checkProject() reports a project without Firebase', async () => {
    expect(await checkProject(server.google())).toMatchObject({
      value: undefined,
      findings: [{ state: 'problem', command: 'firebase projects:addfirebase photo-album' }],
    })
  })

  test.each([
    [
      'a closed or missing billing account',
      { name: `${project}/billingInfo`, projectId: 'photo-album' },
      'problem',
    ],
    ['an open billing account', { billingAccountName: 'billingAccounts/0123', billingEnabled: true }, 'ok'],
  ])('checkBilling(): %s', async (_, info, state) => {
    server.put(`cloudbilling/v1/${project}/billingInfo`, info)
    expect(await states(checkBilling(server.google()))).toEqual([state])
  })

  test('checkPermissions() names the missing permissions', async () => {
    server.put(`cloudresourcemanager/v1/${project}:testIamPermissions`, {
      permissions: ['firebase.projects.get', 'firebasehosting.sites.update'],
    })
    const { findings } = await checkPermissions(server.google(), ['hosting'])
    expect(findings).toMatchObject([
      { state: 'problem', found: 'your account lacks serviceusage.services.enable' },
    ])
    expect(server.sent).toMatchObject([
      {
        method: 'POST',
        body: {
          permissions: [
            'firebase.projects.get',
            'serviceusage.services.enable',
            'firebasehosting.sites.update',
          ],
        },
      },
    ])
  })
})

describe('checkApis()', () => {
  const needs = {
    provider: 'vertex-ai',
    secrets: false,
    hosting: false,
    appCheck: false,
    declaredApis: [],
  } as const
  const required = requiredApis({ ...needs, declaredApis: [] })

  test('Vertex AI needs aiplatform.googleapis.com, and no secrets', () => {
    expect(required).toContain('aiplatform.googleapis.com')
    expect(required).not.toContain('secretmanager.googleapis.com')
  })

  test('reports the missing APIs without enabling them in a dry run', async () => {
    putApis(
      server,
      required.filter((api) => api !== 'run.googleapis.com'),
    )
    expect(await checkApis(server.google(), required, { enable: false })).toMatchObject({
      value: ['run.googleapis.com'],
      findings: [{ state: 'change', expected: 'enables run.googleapis.com, before the other checks' }],
    })
    expect(server.sent).toEqual([])
  })

  test('enables at most 20 APIs with one request, and waits for the operation', async () => {
    putApis(server, [])
    const many = Array.from({ length: 21 }, (_, index) => `api${index}.googleapis.com`)
    const operation = { name: 'operations/acat.p2-415104041262-0a1b' }
    // https://docs.cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable
    server.put(`serviceusage/v1/${project}/services:batchEnable`, operation)
    server.put(`serviceusage/v1/${operation.name}`, operation, { ...operation, done: true, response: {} })
    const { value, findings } = await checkApis(server.google(), many, { enable: true, pauseMs: 1 })
    expect(value).toEqual([])
    expect(findings).toMatchObject([{ state: 'ok' }])
    expect(server.sent.map(({ body }) => (body as { serviceIds: string[] }).serviceIds.length)).toEqual([
      20, 1,
    ])
  })

  test('reports an operation that failed', async () => {
    putApis(server, [])
    const error = { code: 9, message: 'Billing must be enabled for activation of service.' }
    server.put(`serviceusage/v1/${project}/services:batchEnable`, { name: 'operations/1', done: true, error })
    await expect(checkApis(server.google(), ['run.googleapis.com'], { enable: true })).rejects.toThrow(
      'cannot enable run.googleapis.com: Billing must be enabled',
    )
  })
})

describe('checkDatabase()', () => {
  const options = { id: '(default)', location: undefined, near: 'EU', isEnabled: true }

  test('never chooses a location itself, and proposes one near the bucket', async () => {
    const { findings, steps } = await checkDatabase(server.google(), notRun, options)
    expect(findings).toMatchObject([
      { state: 'problem', command: expect.stringContaining('--firestore-location eur3') },
    ])
    expect(steps).toBeUndefined()
  })

  test('a step creates the database in the chosen location', async () => {
    const commands: string[][] = []
    const run = async (...[, args]: Parameters<Parameters<typeof checkDatabase>[1]>) =>
      void commands.push(args)
    const { findings, steps } = await checkDatabase(server.google(), run, { ...options, location: 'eur3' })
    expect(findings).toMatchObject([{ state: 'change' }])
    await steps?.[0]?.run()
    expect(commands).toEqual([
      [
        'firestore:databases:create',
        '(default)',
        '--location',
        'eur3',
        '--project',
        'photo-album',
        '--non-interactive',
      ],
    ])
  })

  test.each([
    [
      'in another location than asked for',
      { locationId: 'nam5', type: 'FIRESTORE_NATIVE' },
      'eur3',
      'problem',
    ],
    ['in Datastore mode', { locationId: 'nam5', type: 'DATASTORE_MODE' }, undefined, 'problem'],
    ['as it should be', { locationId: 'nam5', type: 'FIRESTORE_NATIVE' }, undefined, 'ok'],
  ])('a named database %s', async (_, database, location, state) => {
    server.put(`firestore/v1/${project}/databases/photos`, {
      name: `${project}/databases/photos`,
      ...database,
    })
    expect(
      await states(checkDatabase(server.google(), notRun, { ...options, id: 'photos', location })),
    ).toEqual([state])
  })

  test('a project without the Firestore API has no database', async () => {
    expect(await states(checkDatabase(server.google(), notRun, { ...options, isEnabled: false }))).toEqual([
      'problem',
    ])
    expect(server.asked).toEqual([])
  })
})

describe('buckets', () => {
  const uploads = (location: string, region?: string) => {
    server.put(`storage/storage/v1/b/${UPLOADS}`, { name: UPLOADS, location })
    return checkUploads(server.google(), { name: UPLOADS, isDefault: true, region })
  }

  test.each([
    ['US', 'us-central1'],
    ['EU', 'europe-west1'],
    ['ASIA', 'asia-east1'],
    ['EUR4', 'europe-west4'],
    ['EUROPE-WEST3', 'europe-west3'],
  ])('checkUploads() maps %s to %s', async (location, region) => {
    expect((await uploads(location)).value?.region).toBe(region)
  })

  test.each([
    ['EU', 'europe-west4', 'ok'],
    ['EU', 'us-central1', 'problem'],
    ['EUROPE-WEST3', 'europe-west1', 'problem'],
  ])('checkUploads(): %s with FUNCTIONS_REGION %s is %s', async (location, region, state) => {
    expect(await states(uploads(location, region))).toEqual([state])
  })

  test('checkUploads() reports a project without a default bucket, and a bucket that does not exist', async () => {
    for (const name of [undefined, 'other-photos'])
      expect(
        await states(checkUploads(server.google(), { name, isDefault: !name, region: undefined })),
      ).toEqual(['problem'])
  })

  test('a bucket that is not the default bucket must be linked to Firebase', async () => {
    server.put('storage/storage/v1/b/other-photos', { name: 'other-photos', location: 'US' })
    const check = () =>
      checkUploads(server.google(), { name: 'other-photos', isDefault: false, region: undefined })
    expect(await states(check())).toEqual(['problem', 'ok'])
    // https://firebase.google.com/docs/reference/rest/storage/rest/v1beta/projects.buckets/get
    server.put(`firebasestorage/v1beta/${project}/buckets/other-photos`, {
      name: `${project}/buckets/other-photos`,
    })
    expect(await states(check())).toEqual(['ok'])
    expect(await states(checkResults(server.google(), 'other-photos'))).toEqual(['ok'])
  })
})

describe('checkSettings()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'))
  const file = join(folder, '.env.photo-album')
  afterEach(() => rmSync(file, { force: true }))
  const questions = [
    { name: 'FUNCTIONS_REGION', default: 'us-central1' },
    { name: 'UPLOAD_PATH', default: 'users/{uid}/uploads/{fileName}' },
    { name: 'ENFORCE_APP_CHECK', default: 'false' },
    { name: 'OUTPUT_BUCKET', default: '' },
  ]
  const values = { UPLOAD_PATH: 'users/{uid}/uploads/{fileName}' }
  const found = { FUNCTIONS_REGION: 'europe-west1' }
  const options = { folder, project: 'photo-album', code: { values, questions }, found, interactive: false }

  test('without a terminal, the defaults are written, but not the decision about App Check', async () => {
    expect(await checkSettings(options)).toMatchObject({
      findings: [
        { state: 'change', expected: `writes FUNCTIONS_REGION=europe-west1, OUTPUT_BUCKET= to ${file}` },
        { state: 'problem', found: 'ENFORCE_APP_CHECK not set, and there is no terminal to ask' },
      ],
    })
    expect(await states(checkSettings({ ...options, interactive: true }))).toEqual(['change', 'change'])
  })

  test('the step adds the region to the file of the project, and keeps its lines', async () => {
    writeFileSync(file, 'UPLOAD_PATH=a/{uid}/{fileName}')
    await (await checkSettings(options)).steps?.[0]?.run()
    expect(readFileSync(file, 'utf8')).toBe(
      'UPLOAD_PATH=a/{uid}/{fileName}\nFUNCTIONS_REGION=europe-west1\nOUTPUT_BUCKET=\n',
    )
  })
})

describe('checkSecretVersion()', () => {
  const path = `secretmanager/v1/${project}/secrets/GEMINI_API_KEY/versions/latest`

  test('accepts an enabled version without reading its value', async () => {
    server.put(path, { name: 'projects/1/secrets/GEMINI_API_KEY/versions/3', state: 'ENABLED' })
    const { findings } = await checkSecretVersion(server.google(), 'GEMINI_API_KEY')
    expect(findings).toEqual([{ state: 'ok', found: 'version 3 is enabled' }])
    expect(server.asked).toEqual([path])
  })

  test('reports a missing secret, and a disabled version', async () => {
    expect(await states(checkSecretVersion(server.google(), 'GEMINI_API_KEY'))).toEqual(['problem'])
    server.put(path, { name: 'projects/1/secrets/GEMINI_API_KEY/versions/3', state: 'DISABLED' })
    expect(await states(checkSecretVersion(server.google(), 'GEMINI_API_KEY'))).toEqual(['problem'])
  })
})

describe('checkSignIn()', () => {
  const config = (signIn: object) => server.put(`identitytoolkit/admin/v2/${project}/config`, { signIn })

  test('reports a project without Firebase Authentication', async () => {
    // The service answers 404 CONFIGURATION_NOT_FOUND before Authentication is set up.
    server.fail(`identitytoolkit/admin/v2/${project}/config`, 404, 'CONFIGURATION_NOT_FOUND')
    expect(await states(checkSignIn(server.google(), { hosting: false }))).toEqual(['problem'])
  })

  test('the page needs anonymous sign-in, other apps any provider', async () => {
    config({ email: { enabled: true } })
    expect(await states(checkSignIn(server.google(), { hosting: true }))).toEqual(['problem'])
    expect(await states(checkSignIn(server.google(), { hosting: false }))).toEqual(['ok'])
    config({ anonymous: { enabled: true } })
    expect(await states(checkSignIn(server.google(), { hosting: true }))).toEqual(['ok'])
  })

  test('accepts an identity provider such as Google', async () => {
    config({})
    const path = `identitytoolkit/admin/v2/${project}/defaultSupportedIdpConfigs`
    server.put(path, {})
    expect(await states(checkSignIn(server.google(), { hosting: false }))).toEqual(['problem'])
    server.put(path, {
      defaultSupportedIdpConfigs: [
        { name: `${project}/defaultSupportedIdpConfigs/google.com`, enabled: true },
      ],
    })
    expect(await checkSignIn(server.google(), { hosting: false })).toMatchObject({
      findings: [{ state: 'ok', found: 'enabled: google.com' }],
    })
  })
})

describe('the web app', () => {
  const apps = (...list: object[]) => server.put(`firebase/v1beta1/${project}/webApps`, { apps: list })
  const sites = (...list: object[]) => server.put(`firebasehosting/v1beta1/${project}/sites`, { sites: list })

  test('checkWebApp() accepts a site with a linked web app', async () => {
    apps(webApp('photo-album'))
    sites(site('photo-album', webApp('photo-album').appId))
    expect(await checkWebApp(server.google(), notRun)).toMatchObject({
      value: { appId: webApp('photo-album').appId, url: 'https://photo-album.web.app' },
      findings: [{ state: 'ok' }],
    })
  })

  test.each([
    ['no web app and no site', [], [], 'the project has no web app and no Hosting site'],
    [
      'a site without a web app',
      [webApp('photo-album')],
      [site('photo-album')],
      'the Hosting site has no linked web app',
    ],
  ])('checkWebApp() changes a project with %s', async (_, ofProject, hosted, found) => {
    apps(...ofProject)
    sites(...hosted)
    expect(await checkWebApp(server.google(), notRun)).toMatchObject({
      findings: [{ state: 'change', found }],
    })
  })

  test('createWebApp() creates the app and links it to the site', async () => {
    apps()
    sites(site('photo-album'))
    server.put(
      `firebasehosting/v1beta1/${project}/sites/photo-album`,
      site('photo-album', webApp('photo-album').appId),
    )
    const commands: string[][] = []
    await createWebApp(server.google(), async (_, args) => {
      commands.push(args)
      apps(webApp('photo-album'))
    })
    expect(commands).toEqual([
      ['apps:create', 'WEB', 'Firesight', '--project', 'photo-album', '--non-interactive'],
    ])
    expect(server.sent).toEqual([
      {
        method: 'PATCH',
        path: `firebasehosting/v1beta1/${project}/sites/photo-album`,
        body: { appId: webApp('photo-album').appId },
      },
    ])
  })

  test('checkSiteKey() reads the key of reCAPTCHA Enterprise, and reports an app without it', async () => {
    const { appId } = webApp('photo-album')
    expect(await states(checkSiteKey(server.google(), appId))).toEqual(['problem'])
    // https://firebase.google.com/docs/reference/appcheck/rest/v1/projects.apps.recaptchaEnterpriseConfig/get
    server.put(`firebaseappcheck/v1/${project}/apps/${appId}/recaptchaEnterpriseConfig`, {
      tokenTtl: '3600s',
      siteKey: '6Lc',
    })
    expect((await checkSiteKey(server.google(), appId)).value).toBe('6Lc')
  })
})

describe('the service account', () => {
  const number = '415104041262'
  const compute = `${number}-compute@developer.gserviceaccount.com`
  const needed = ['roles/datastore.user', 'roles/cloudtasks.enqueuer']
  const check = (deployed: string | undefined, declared: string[]) =>
    checkRoles(server.google(), accountOf(deployed, number), { needed, declared })

  test.each([
    ['the editor role', [{ role: 'roles/editor', members: [`serviceAccount:${compute}`] }], 'ok'],
    ['the single roles', needed.map((role) => ({ role, members: [`serviceAccount:${compute}`] })), 'ok'],
    ['a role of another account', [{ role: 'roles/editor', members: ['user:a@example.com'] }], 'problem'],
    [
      'a conditional role',
      [{ role: 'roles/editor', members: [`serviceAccount:${compute}`], condition: { expression: 'false' } }],
      'problem',
    ],
  ])('without declared roles, checkRoles() with %s', async (_, bindings, state) => {
    putPolicy(server, bindings)
    expect(await states(check(undefined, []))).toEqual([state])
  })

  test('declared roles are granted by the deployment', async () => {
    const account = 'firebase-fn-0a1b@photo-album.iam.gserviceaccount.com'
    expect(await states(check(undefined, needed))).toEqual(['change'])
    putPolicy(server, [{ role: 'roles/datastore.user', members: [`serviceAccount:${account}`] }])
    expect(await check(account, needed)).toMatchObject({
      findings: [{ state: 'change', found: `${account} lacks roles/cloudtasks.enqueuer` }],
    })
  })

  test('grantActAs() adds one binding to the policy of the account, and only if it is missing', async () => {
    putPolicy(server, [])
    // https://docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/getIamPolicy
    const path = `iam/v1/${project}/serviceAccounts/${compute}`
    const binding = { role: 'roles/iam.serviceAccountUser', members: [`serviceAccount:${compute}`] }
    const other = { role: 'roles/iam.serviceAccountTokenCreator', members: ['user:a@example.com'] }
    server.put(`${path}:getIamPolicy`, { etag: 'BwXi', bindings: [other] })
    server.put(`${path}:setIamPolicy`, { etag: 'BwXj', bindings: [other, binding] })
    expect(await grantActAs(server.google(), compute)).toBe('granted')
    expect(server.sent.at(-1)).toEqual({
      method: 'POST',
      path: `${path}:setIamPolicy`,
      body: { policy: { etag: 'BwXi', bindings: [other, binding] } },
    })
    server.put(`${path}:getIamPolicy`, { etag: 'BwXj', bindings: [other, binding] })
    expect(await grantActAs(server.google(), compute)).toBe('unchanged')
    expect(server.sent.filter(({ path: sentTo }) => sentTo.endsWith(':setIamPolicy'))).toHaveLength(1)
  })
})

describe('checkReplacedRules()', () => {
  const target = { release: 'cloud.firestore', file: 'firestore.rules' } as const
  const check = (options: { replace?: boolean; earlier?: string[] } = {}) =>
    checkReplacedRules(server.google(), target, { replace: false, earlier: [], ...options })
  const rules = (allow: string) =>
    `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n    match /{document=**} {\n      // A comment: allow write: if true;\n      ${allow}\n    }\n  }\n}\n`

  test.each([
    ['our rules', ourRules('firestore.rules').replaceAll('\n', '\r\n'), 'ok'],
    ['an earlier version of ours', 'rules_version = "2"; // version 1', 'change'],
    ['the locked rules of a new project', rules('allow read, write: if false;'), 'change'],
    [
      'the test rules of a new project',
      rules('allow read, write: if request.time < timestamp.date(2026, 12, 30);'),
      'change',
    ],
    ['rules of the project', rules('allow read, write: if request.auth != null;'), 'problem'],
    ['rules without a condition', rules('allow read, write;'), 'problem'],
  ])('%s', async (_, content, state) => {
    putRules(server, 'cloud.firestore', content)
    expect(await states(check({ earlier: ['rules_version = "2"; // version 1'] }))).toEqual([state])
  })

  test('a project without rules gets ours; --replace-rules replaces any', async () => {
    expect(await states(check())).toEqual(['change'])
    putRules(server, 'cloud.firestore', rules('allow read: if request.auth != null;'))
    expect(await states(check({ replace: true }))).toEqual(['change'])
  })

  test('recognizes the committed versions of our rules', async () => {
    putRules(server, 'cloud.firestore', ourRules('firestore.rules').replace('list', 'get'))
    expect(await states(checkReplacedRules(server.google(), target, { replace: false }))).toEqual(['problem'])
  })
})

test('checkDeployed() names the functions that the deployment deletes', async () => {
  const deployed = (name: string, region: string, codebase: string) => ({
    name: `${project}/locations/${region}/functions/${name}`,
    labels: { 'firebase-functions-codebase': codebase },
    serviceConfig: { serviceAccountEmail: 'firebase-fn-0a1b@photo-album.iam.gserviceaccount.com' },
  })
  server.put(`cloudfunctions/v2/${project}/locations/-/functions`, {
    functions: [
      deployed('onSweep', 'us-central1', 'firesight'),
      deployed('onSweep', 'europe-west1', 'firesight'),
      deployed('oldCall', 'us-central1', 'firesight'),
      deployed('other', 'us-central1', 'default'),
    ],
  })
  const exports = [{ name: 'onSweep', kind: 'schedule' as const, retry: false, secrets: [] }]
  const { value, findings } = await checkDeployed(server.google(), {
    exports,
    region: 'us-central1',
  })
  expect(value).toEqual({ count: 3, account: 'firebase-fn-0a1b@photo-album.iam.gserviceaccount.com' })
  expect(findings.at(-1)?.found).toContain('onSweep in europe-west1, oldCall in us-central1')
})

describe('Inspection', () => {
  const unreadable = async () => {
    throw new CannotCheck('firestore.googleapis.com returned 403')
  }

  test('a check that could not run blocks the deployment only if it is required', async () => {
    const inspection = new Inspection()
    await inspection.check('billing plan', unreadable)
    expect(inspection.isBlocked()).toBe(false)
    await inspection.check('Firestore database', unreadable, { required: true })
    expect(inspection.isBlocked()).toBe(true)
  })

  test('a check whose API is disabled does not run', async () => {
    const inspection = new Inspection()
    inspection.setDisabled(['firestore.googleapis.com'])
    await inspection.check('any', async () => expect.unreachable(), { api: 'firestore', required: true })
    expect(inspection.findings).toMatchObject([{ state: 'unknown' }])
  })
})
