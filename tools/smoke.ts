// `npm run smoke`: uploads three photos to a deployed project, calls each function, and reports. docs/deploy.md
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { FirebaseOptions } from 'firebase/app'
import { z } from 'zod'
import { readSite } from './deploy/web-app.ts'
import { CannotCheck } from './doctor/finding.ts'
import { type Google, googleOf } from './doctor/google.ts'
import { readParameterFiles } from './doctor/parameter-files.ts'
import { findTarget, NoTarget, type Target } from './doctor/target.ts'
import { root } from './paths.ts'
import type { Credentials, Place } from './smoke/connect.ts'
import { printResults } from './smoke/results.ts'
import { smoke } from './smoke/smoke.ts'

const HELP = `Usage: npm run smoke -- --project <id> [options]

Uploads three photos to a deployed project, calls each function, reports, and deletes everything it created.
Costs about 30,000 tokens of the model. If the addresses of emulators are set, it uses the emulators.

  --project <id>         project id or alias (default: from .firebaserc or gcloud)
  --parameters <folder>  folder of the .env files (default: functions)
  --patience <seconds>   how long a photo may take (default: 300; the first events can be late)
  --json                 print JSON
  --help                 show this help

It signs in anonymously, or with SMOKE_EMAIL and SMOKE_PASSWORD. An account keeps its other photos. Functions that enforce App Check need a debug
token of the web app in SMOKE_APP_CHECK_DEBUG_TOKEN.

Exit codes: 0 everything works, 1 something failed, 2 wrong usage.`

async function main(): Promise<number> {
  const { values: options } = parseArgs({
    options: {
      project: { type: 'string' },
      parameters: { type: 'string', default: relative(process.cwd(), join(root, 'functions')) },
      patience: { type: 'string', default: '300' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const patience = Number(options.patience)
  if (!(patience > 0)) throw new NoTarget(`--patience is ${options.patience}: expected a number of seconds`)
  if (!existsSync(options.parameters)) throw new NoTarget(`The folder ${options.parameters} does not exist`)
  const target = await findTarget(options.project, process.env, join(root, '.firebaserc'))
  const place = await placeOf(target, options.parameters)
  const region = place.values.FUNCTIONS_REGION || 'us-central1'
  const functionUrl = (name: string) =>
    place.emulators
      ? `http://${place.emulators.functions}/${target.project}/${region}/${name}`
      : `https://${region}-${target.project}.cloudfunctions.net/${name}`
  const patienceMs = patience * 1000
  const results = await smoke({ place, credentials: credentialsOf(process.env), patienceMs, functionUrl })
  if (options.json) console.log(JSON.stringify({ project: target.project, results: results.list }, null, 2))
  else printResults(`Smoke test of ${target.project}`, results.list, process.stdout)
  return results.hasFailed() ? 1 : 0
}

async function placeOf(target: Target, folder: string): Promise<Place> {
  const { project } = target
  const emulated = target.kind === 'emulators'
  const alias = target.kind === 'project' ? target.alias : undefined
  const files = readParameterFiles(folder, { project, alias, emulated })
  if ('unreadable' in files) throw new NoTarget(files.unreadable.found)
  const { values } = files
  if (values.UPLOAD_PATH && !values.UPLOAD_PATH.includes('{uid}'))
    throw new NoTarget(
      `UPLOAD_PATH is ${values.UPLOAD_PATH}: without {uid}, the test could not delete its photos`,
    )
  if (target.kind === 'project') return { values, firebase: await configOf(googleOf(project, process.env)) }
  const { functions, firestore, storage } = target.hosts
  const auth = process.env.FIREBASE_AUTH_EMULATOR_HOST
  if (!functions || !firestore || !storage || !auth)
    throw new NoTarget('Not all emulators have an address. Run npm run emulators:exec -- "npm run smoke"')
  const firebase = { projectId: project, apiKey: 'fake', appId: '1:1:web:1', storageBucket: target.bucket }
  return { values, firebase, emulators: { auth, functions, firestore, storage } }
}

// https://firebase.google.com/docs/reference/firebase-management/rest/v1beta1/projects.webApps/getConfig, read
// 2026-11-30
const webConfig = z.looseObject({
  projectId: z.string(),
  appId: z.string(),
  apiKey: z.string(),
  authDomain: z.string().optional(),
  storageBucket: z.string().optional(),
})

/** The configuration of the web app that is linked to the Hosting site. */
async function configOf(google: Google): Promise<FirebaseOptions> {
  const site = await readSite(google)
  if (!site?.appId) {
    throw new CannotCheck('no web app is linked to the Hosting site', {
      command: `npm run deploy -- --project ${google.project} --only hosting`,
    })
  }
  const path = `v1beta1/projects/${google.project}/webApps/${site.appId}/config`
  const found = await google.get('firebase', path, webConfig)
  if (!found) throw new CannotCheck(`the web app ${site.appId} does not exist`)
  return found as FirebaseOptions
}

function credentialsOf(environment: NodeJS.ProcessEnv): Credentials {
  const { SMOKE_EMAIL: email, SMOKE_PASSWORD: password, SMOKE_APP_CHECK_DEBUG_TOKEN: token } = environment
  if (Boolean(email) !== Boolean(password))
    throw new NoTarget('Set SMOKE_EMAIL and SMOKE_PASSWORD, or neither of them')
  return {
    ...(email && password && { account: { email, password } }),
    ...(token && { appCheckDebugToken: token }),
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage && !(error instanceof NoTarget) && !(error instanceof CannotCheck)) throw error
  console.error((error as Error).message)
  if (error instanceof CannotCheck && error.command) console.error(`$ ${error.command}`)
  process.exitCode = error instanceof CannotCheck ? 1 : 2
}
