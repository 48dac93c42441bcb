import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache, root } from './paths.ts'
import { host, type Ports } from './ports.ts'

export type RunFolder = {
  path: string
  /** The firebase.json of this run: that of the project, with this run's ports. */
  config: string
  /** What the emulator takes for functions/. */
  functions: string
  /** For TMPDIR: the Storage emulator keeps files under it, and empties it when any emulator of the machine stops. */
  temporary: string
  log: string
  remove: () => void
}

/** firebase.json as far as this file reads it. */
type FirebaseConfig = {
  emulators: Record<string, unknown>
  [key: string]: unknown
}

const portsFile = 'ports.json'

/** `.cache/run-<pid>/`: all that one run writes, so that runs do not meet and nothing is left in the source. */
export function makeRunFolder(ports: Ports): RunFolder {
  const path = join(cache, `run-${process.pid}`)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(join(path, 'tmp'), { recursive: true })
  for (const file of ['storage.rules', 'firestore.rules', 'firestore.indexes.json']) share(file, path)
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
    // A process that is being killed may still write: try again for a second.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  }
}

/** The ports of the runs of this checkout, which may not listen on them yet. */
export function portsOfRuns(): Set<number> {
  const files = globSync(`run-*/${portsFile}`, { cwd: cache })
  return new Set(
    files.flatMap((file) => {
      const ports: Ports = JSON.parse(readFileSync(join(cache, file), 'utf8'))
      return Object.values(ports)
    }),
  )
}

/** The project's config with this run's ports. Its paths are relative to the file, so they hold in the run folder. */
export function runConfig(project: FirebaseConfig, ports: Ports): FirebaseConfig {
  const { hosting: _hosting, ...rest } = project // Vite serves the page.
  return {
    ...rest,
    emulators: {
      singleProjectMode: true,
      ui: { enabled: false }, // A download of its own.
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

/** Linked, so that firebase-tools reloads rules as they are edited; Windows lets only administrators link files. */
function share(file: string, folder: string): void {
  if (process.platform === 'win32') copyFileSync(join(root, file), join(folder, file))
  else symlinkSync(join(root, file), join(folder, file))
}
