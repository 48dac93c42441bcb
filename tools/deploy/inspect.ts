import { SHARED_SETTINGS } from '../../web/src/settings.ts'
import { defaultBucket } from '../doctor/buckets.ts'
import type { Google } from '../doctor/google.ts'
import { indexesForProject, type ProjectLayout, type RulesFile } from '../doctor/project-files.ts'
import { checkApis, requiredApis } from './apis.ts'
import { checkResults, checkUploads, type UploadBucket } from './buckets.ts'
import { type Code, type FilesOptions, readCode } from './code.ts'
import { checkDatabase } from './database.ts'
import { checkDeployed } from './deployed.ts'
import { changedFiles, layoutOf, type ProjectFiles } from './files.ts'
import { Inspection } from './inspection.ts'
import { checkPermissions, type PermissionSet } from './permissions.ts'
import { checkBilling, checkProject } from './project.ts'
import { checkReplacedRules } from './rules.ts'
import type { Run } from './run.ts'
import { checkSecretVersion } from './secret.ts'
import { accountOf, checkRoles, neededRoles } from './service-account.ts'
import { checkSettings } from './settings.ts'
import { checkSignIn } from './sign-in.ts'
import type { Part } from './steps.ts'
import { checkSiteKey, checkWebApp } from './web-app.ts'

export type Options = FilesOptions & {
  parts: Part[]
  firestoreLocation?: string | undefined
  replaceRules: boolean
  interactive: boolean
  /** Enables missing APIs at once, so that the checks that need them can run. */
  enableApis: boolean
}

/** The result of the checks, with the facts that the deployment needs. */
export type Inspected = {
  inspection: Inspection
  database: string
  buckets: string[]
  files: ProjectFiles
  /** The environment variables of the page's build. */
  page: Record<string, string>
}

type Context = { google: Google; run: Run; options: Options; inspection: Inspection; code: Code }

/** Checks the project, in the order of the report. Changes nothing, except for `enableApis`. */
export async function inspect(google: Google, run: Run, options: Options): Promise<Inspected> {
  const inspection = new Inspection()
  const number = await inspection.check('project', () => checkProject(google), { required: true })
  await inspection.check('billing plan', () => checkBilling(google))
  const code = await inspection.check('parameters', () => readCode(google.project, options))
  if (!code) return { inspection, database: '', buckets: [], files: {}, page: {} }
  const context = { google, run, options, inspection, code }
  await checkAccess(context)
  const uploads = await checkStorage(context)
  const region = uploads?.region ?? code.region ?? 'us-central1'
  await inspection.check(
    'Firestore database',
    () =>
      checkDatabase(google, run, {
        id: code.database,
        location: options.firestoreLocation,
        near: uploads?.location,
        isEnabled: inspection.isEnabled('firestore'),
      }),
    { required: true },
  )
  const found = { FUNCTIONS_REGION: region, ...(uploads && { UPLOAD_BUCKET: uploads.name }) }
  // Without the bucket its region is unknown, and the check of the bucket has stopped the deployment.
  if (uploads) {
    await inspection.check('settings', () =>
      checkSettings({ ...options, project: google.project, code, found }),
    )
  }
  if (options.parts.includes('functions')) await checkFunctions(context, region, number)
  const hosting = options.parts.includes('hosting')
  await inspection.check('sign-in', () => checkSignIn(google, { hosting }), { api: 'identitytoolkit' })
  const buckets = [...new Set([uploads?.name, code.outputBucket])].filter((name) => name !== undefined)
  const layout = layoutOf(code.values)
  const files = {
    ...(options.parts.includes('rules') && (await checkRules(context, layout, buckets))),
    ...changedFiles({ 'firestore.indexes.json': indexesForProject(layout.collection) }),
  }
  const siteKey = hosting ? await checkPage(context) : undefined
  const page = pageSettings({ ...code.values, ...found, ...(siteKey && { APP_CHECK_SITE_KEY: siteKey }) })
  return { inspection, database: code.database, buckets, files, page }
}

/** The APIs, and the permissions of the account that deploys. */
async function checkAccess({
  google,
  options: { parts, enableApis, firestoreLocation },
  inspection,
  code,
}: Context): Promise<void> {
  const hosting = parts.includes('hosting')
  const needs = { ...code, hosting, appCheck: hosting && code.appCheck, secrets: code.secrets.length > 0 }
  const isSound = !inspection.isBlocked()
  const missing = await inspection.check(
    'APIs',
    () => checkApis(google, requiredApis(needs), { enable: enableApis && isSound }),
    { required: true },
  )
  inspection.setDisabled(missing ?? [])
  const sets: PermissionSet[] = [
    ...parts,
    ...(parts.includes('functions') ? (['newRoles'] as const) : []),
    ...(parts.includes('functions') && code.roles.length > 0 ? (['ownAccount'] as const) : []),
    ...(firestoreLocation ? (['database'] as const) : []),
  ]
  await inspection.check('permissions', () => checkPermissions(google, sets), { api: 'cloudresourcemanager' })
}

async function checkStorage({ google, inspection, code }: Context): Promise<UploadBucket | undefined> {
  const uploads = await inspection.check(
    'upload bucket',
    async () => {
      const ofProject = await defaultBucket(google)
      const name = code.uploadBucket ?? ofProject
      return checkUploads(google, { name, isDefault: name === ofProject, region: code.region })
    },
    { required: true },
  )
  const results = code.outputBucket
  if (results && results !== uploads?.name)
    await inspection.check('result bucket', () => checkResults(google, results))
  return uploads
}

async function checkFunctions(
  { google, inspection, code }: Context,
  region: string,
  number: string | undefined,
): Promise<void> {
  for (const name of code.secrets) {
    await inspection.check(`secret ${name}`, () => checkSecretVersion(google, name), { api: 'secretmanager' })
  }
  const deployed = await inspection.check(
    'functions',
    () => checkDeployed(google, { exports: code.functions, region }),
    { api: 'cloudfunctions' },
  )
  if (!number) return
  const account = accountOf(deployed?.account, number)
  const roles = { needed: neededRoles(code.provider), declared: code.roles }
  await inspection.check('service account', () => checkRoles(google, account, roles), {
    api: 'cloudresourcemanager',
  })
}

/** @returns the rules that differ from the files of this repository because of the settings */
async function checkRules(
  { google, options, inspection, code }: Context,
  layout: ProjectLayout,
  buckets: string[],
): Promise<ProjectFiles> {
  const check = (name: string, release: string, file: RulesFile) =>
    inspection.check(
      name,
      () => checkReplacedRules(google, { release, file, layout }, { replace: options.replaceRules }),
      { required: true, api: 'firebaserules' },
    )
  const database = code.database === '(default)' ? '' : `/${code.database}`
  const firestore = await check('Firestore rules', `cloud.firestore${database}`, 'firestore.rules')
  const storage: (string | undefined)[] = []
  for (const bucket of buckets)
    storage.push(await check('Storage rules', `firebase.storage/${bucket}`, 'storage.rules'))
  return changedFiles({ 'firestore.rules': firestore, 'storage.rules': storage[0] })
}

/** @returns the site key of App Check, if the functions enforce it */
async function checkPage({ google, run, inspection, code }: Context): Promise<string | undefined> {
  const webApp = await inspection.check('web app', () => checkWebApp(google, run), { api: 'firebasehosting' })
  if (!code.appCheck) return undefined
  if (!webApp) {
    const found = 'ENFORCE_APP_CHECK is true, but the Hosting site has no linked web app yet'
    const expected = 'a web app that is registered with App Check before the page is deployed'
    const command = `npm run deploy -- --project ${google.project} --only rules,indexes,functions`
    inspection.findings.push({ check: 'App Check', state: 'problem', found, expected, command })
    return undefined
  }
  return inspection.check('App Check', () => checkSiteKey(google, webApp.appId), {
    api: 'firebaseappcheck',
  })
}

/** The settings that the page shares with the functions (web/.env.example). */
function pageSettings(values: Record<string, string>): Record<string, string> {
  const shared = [...SHARED_SETTINGS, 'APP_CHECK_SITE_KEY'].filter((name) => values[name])
  return Object.fromEntries(shared.map((name) => [`VITE_${name}`, values[name] ?? '']))
}
