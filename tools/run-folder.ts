import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, root } from './paths.ts'
import { host, type Ports } from './ports.ts'

export type RunFolder = {
  path: string
  /** The firebase.json of this run: the project's, with the ports of this run. */
  config: string
  /** The functions folder of the emulator. */
  functions: string
  /**
   * For TMPDIR. The Storage emulator stores files there, and empties it when any emulator of the machine
   * stops.
   */
  temporary: string
  log: string
  remove: () => void
}

const RULES_AND_INDEXES = ['storage.rules', 'firestore.rules', 'firestore.indexes.json'] as const

/** Contents that replace those of the project. */
export type Replacements = Partial<Record<(typeof RULES_AND_INDEXES)[number], string>>

/** The part of firebase.json that this file reads. */
type FirebaseConfig = {
  emulators: Record<string, unknown>
  [key: string]: unknown
}

const portsFile = 'ports.json'

/**
 * Creates `.cache/run-<pid>/` for all files of a run, so that runs are independent and leave the source
 * unchanged.
 */
export function makeRunFolder(ports: Ports, replaced: Replacements = {}): RunFolder {
  const path = join(cache, `run-${process.pid}`)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(join(path, 'tmp'), { recursive: true })
  for (const file of RULES_AND_INDEXES) {
    const content = replaced[file]
    if (content === undefined) share(file, path)
    else writeFileSync(join(path, file), content)
  }
  const config = join(path, 'firebase.json')
  const project: FirebaseConfig = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8'))
  writeFileSync(config, JSON.stringify(runConfig(project, ports), null, 2))
  writeFileSync(join(path, portsFile), JSON.stringify(ports))
  return {
    path,
    config,
    functions: join(path, 'functions'),
    temporary: join(path, 'tmp'),
    log: join(path, 'emulators.log'),
    // A process that is being killed may still write, so this retries for a second.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  }
}

/** The ports of all runs in this repository, which may not listen on them yet. */
export function portsOfRuns(): Set<number> {
  const files = globSync(`run-*/${portsFile}`, { cwd: cache })
  return new Set(
    files.flatMap((file) => {
      const ports: Ports = JSON.parse(readFileSync(join(cache, file), 'utf8'))
      return Object.values(ports)
    }),
  )
}

/** The project's config with the ports of this run. Its relative paths are valid in the run folder too. */
export function runConfig(project: FirebaseConfig, ports: Ports): FirebaseConfig {
  const { hosting: _hosting, ...rest } = project // Vite serves the page instead.
  return {
    ...rest,
    emulators: {
      singleProjectMode: true,
      ui: { enabled: false }, // Would require another download.
      hub: { host, port: ports.hub },
      logging: { host, port: ports.logging },
      auth: { host, port: ports.auth },
      functions: { host, port: ports.functions },
      firestore: { host, port: ports.firestore, websocketPort: ports.firestoreWebsocket },
      storage: { host, port: ports.storage },
      eventarc: { host, port: ports.eventarc },
      tasks: { host, port: ports.tasks },
    },
  }
}

/**
 * Links a file, so that firebase-tools reloads edited rules. On Windows only administrators can create links.
 */
function share(file: string, folder: string): void {
  if (process.platform === 'win32') copyFileSync(join(root, file), join(folder, file))
  else symlinkSync(join(root, file), join(folder, file))
}
