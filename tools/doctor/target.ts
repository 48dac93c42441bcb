import { existsSync, readFileSync } from 'node:fs'
import { GoogleAuth } from 'google-auth-library'
import { z } from 'zod'
import { CannotCheck } from './finding.ts'
import { readJson } from './read-json.ts'

/** The project or the emulators to check. */
export type Target =
  | { kind: 'project'; project: string; alias?: string | undefined }
  | { kind: 'emulators'; project: string; hosts: EmulatorHosts; bucket: string }

/** The emulator addresses as `host:port`; undefined if unknown. */
type EmulatorHosts = Record<'functions' | 'firestore' | 'storage' | 'tasks' | 'gemini', string | undefined>

/** There is no target to check. The message explains what to set. */
export class NoTarget extends Error {
  override readonly name = 'NoTarget'
}

const hubAnswer = z.record(z.string(), z.looseObject({ host: z.string(), port: z.int() }))
const firebaserc = z.looseObject({ projects: z.record(z.string(), z.string()).default({}) })

/** @throws NoTarget */
export async function findTarget(
  wanted: string | undefined,
  environment: NodeJS.ProcessEnv,
  firebasercFile: string,
): Promise<Target> {
  const emulated = Object.keys(environment).filter(
    (name) =>
      name === 'FIREBASE_EMULATOR_HUB' || /^(FIRESTORE|FIREBASE_STORAGE|FUNCTIONS)_EMULATOR_HOST$/.test(name),
  )
  if (emulated.length > 0) {
    const project = environment.GCLOUD_PROJECT ?? wanted ?? 'demo-firesight'
    if (wanted && wanted !== project)
      throw new NoTarget(
        `Cannot check ${wanted}: ${emulated[0]} is set, which selects the emulators. Unset it first.`,
      )
    const bucket = bucketOf(environment.FIREBASE_CONFIG) ?? `${project}.appspot.com`
    return { kind: 'emulators', project, hosts: await findHosts(environment), bucket }
  }
  const { project, alias } = await findProject(wanted, environment, firebasercFile)
  if (project.startsWith('demo-'))
    throw new NoTarget(`${project} exists only in the emulators, which are not running. Start them first.`)
  return { kind: 'project', project, alias }
}

async function findHosts(environment: NodeJS.ProcessEnv): Promise<EmulatorHosts> {
  const hub = environment.FIREBASE_EMULATOR_HUB
  const known = hub ? await askHub(hub) : {}
  const fromHub = (name: string) => known[name] && `${known[name].host}:${known[name].port}`
  return {
    functions: environment.FUNCTIONS_EMULATOR_HOST ?? fromHub('functions'),
    firestore: environment.FIRESTORE_EMULATOR_HOST ?? fromHub('firestore'),
    storage: environment.FIREBASE_STORAGE_EMULATOR_HOST ?? fromHub('storage'),
    tasks: environment.CLOUD_TASKS_EMULATOR_HOST ?? fromHub('tasks'),
    gemini: environment.GEMINI_EMULATOR_HOST,
  }
}

/** @throws NoTarget if the hub does not respond: the emulators were probably stopped */
async function askHub(hub: string): Promise<z.output<typeof hubAnswer>> {
  try {
    return (await readJson(`http://${hub}/emulators`, hubAnswer)) ?? {}
  } catch (error) {
    if (!(error instanceof CannotCheck)) throw error
    throw new NoTarget(`FIREBASE_EMULATOR_HUB is set, but the emulators are not running: ${error.message}`, {
      cause: error,
    })
  }
}

/**
 * The project of `--project` (id or alias), of .firebaserc, or of the environment that Google's libraries
 * use.
 */
async function findProject(
  wanted: string | undefined,
  environment: NodeJS.ProcessEnv,
  firebasercFile: string,
): Promise<{ project: string; alias?: string }> {
  const aliases = existsSync(firebasercFile)
    ? firebaserc.parse(JSON.parse(readFileSync(firebasercFile, 'utf8'))).projects
    : {}
  const name = wanted ?? (aliases.default ? 'default' : undefined)
  const aliased = name && aliases[name]
  if (aliased) return { project: aliased, alias: name }
  if (name) return { project: name }
  const set = environment.GOOGLE_CLOUD_PROJECT ?? environment.GCLOUD_PROJECT
  if (set) return { project: set }
  // Reads the configuration of gcloud and, on Google Cloud, the metadata server.
  const found = await new GoogleAuth().getProjectId().catch(() => undefined)
  if (found) return { project: found }
  throw new NoTarget(
    'No project. Set it with --project <id>, or check the emulators with npm run emulators:exec -- "npm run doctor"',
  )
}

function bucketOf(firebaseConfig: string | undefined): string | undefined {
  if (!firebaseConfig?.startsWith('{')) return undefined
  return z.looseObject({ storageBucket: z.string().optional() }).parse(JSON.parse(firebaseConfig))
    .storageBucket
}
