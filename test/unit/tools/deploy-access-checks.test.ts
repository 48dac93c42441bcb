/* The responses have the format of the reference pages that each check links, read 2026-11-30. */
import { describe, expect, test } from 'vitest'
import { checkDeployed } from '../../../tools/deploy/deployed.ts'
import { Inspection, type Outcome } from '../../../tools/deploy/inspection.ts'
import { checkSecretVersion } from '../../../tools/deploy/secret.ts'
import { accountOf, checkRoles, grantActAs } from '../../../tools/deploy/service-account.ts'
import { checkSignIn } from '../../../tools/deploy/sign-in.ts'
import { checkSiteKey, checkWebApp, createWebApp } from '../../../tools/deploy/web-app.ts'
import { CannotCheck } from '../../../tools/doctor/finding.ts'
import { putPolicy, site, webApp } from '../../support/deploy-project.ts'
import { useGoogleServer } from '../../support/google-server.ts'

const server = useGoogleServer()
const project = 'projects/photo-album'
const states = async (outcome: Promise<Outcome<unknown>>) =>
  (await outcome).findings.map(({ state }) => state)
const notRun = async () => expect.unreachable('no program may run')

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
