import { appendFileSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Environment } from './environment.ts'
import { type Interruption, unlessStopped } from './interruption.ts'
import { killEmulatorsOf } from './leftovers.ts'
import { projectId } from './paths.ts'
import { address, type Ports } from './ports.ts'
import { type ProcessGroup, startProcessGroup } from './processes.ts'
import type { RunFolder } from './run-folder.ts'

const firebase = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js')
const emulators = 'auth,functions,firestore,storage,tasks,eventarc'

export type Emulators = {
  /** The exit code of firebase-tools, when it has exited for any reason. */
  exited: Promise<number>
  stop: () => Promise<void>
}

type EmulatorsOptions = {
  folder: RunFolder
  ports: Ports
  environment: Environment
  /** The Node that runs firebase-tools. Default: the current one. */
  node?: string
  /** Receives each line of the emulators and the functions. */
  onLine: (line: string) => void
  interruption: Interruption
}

/** Starts the Firebase emulators. Resolves when they are ready and the functions are loaded. */
export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  const { folder, ports, interruption } = options
  const group = startProcessGroup(
    options.node ?? process.execPath,
    [
      [firebase, 'emulators:start'],
      ['--config', folder.config],
      ['--project', projectId],
      ['--only', emulators],
      ['--log-verbosity', 'QUIET'], // Only warnings, errors and the logs of the functions.
    ].flat(),
    { cwd: folder.path, env: { ...process.env, ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const stop = async () => {
    await group.stop('SIGINT', 'program', interruption.force)
    killEmulatorsOf(folder.path)
  }
  try {
    await unlessStopped(Promise.race([allReady(group, options), rejectOnExit(group)]), interruption.stop)
    await checkFunctions(ports)
  } catch (error) {
    await stop()
    throw error
  }
  return { exited: group.exited, stop }
}

/** Reads the output until firebase-tools reports that all emulators are ready. */
function allReady(group: ProcessGroup, { folder, onLine }: EmulatorsOptions): Promise<void> {
  return new Promise((resolve) => {
    let isOverview = false
    for (const stream of [group.process.stdout, group.process.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        if (line.includes('All emulators ready')) resolve()
        // Skips the table of addresses that firebase-tools prints.
        if (line.startsWith('┌')) isOverview = true
        if (!isOverview && !isNoise(line)) {
          appendFileSync(folder.log, `${line}\n`)
          onLine(line)
        }
        if (line.startsWith('Issues? Report them')) isOverview = false
      })
    }
  })
}

async function rejectOnExit(group: ProcessGroup): Promise<never> {
  const code = await group.exited
  throw new Error(`firebase-tools exited with code ${code} while the emulators were starting`)
}

/** firebase-tools continues without functions that it could not load. Tests must not. */
async function checkFunctions(ports: Ports): Promise<void> {
  const response = await fetch(`http://${address(ports.functions)}/backends`)
  const { backends }: { backends: { functionTriggers: unknown[] }[] } = JSON.parse(await response.text())
  if (backends.every((backend) => backend.functionTriggers.length === 0))
    throw new Error('The functions did not load')
}

/** Lines of every run that contain no information. */
const noise = [
  /^\s*$/,
  /sun\.misc\.Unsafe|com\.google\.protobuf\.UnsafeUtil/, // A warning of Java 24 and newer about a Google library.
  /Picked up JAVA_TOOL_OPTIONS/,
  /The Emulator UI is not starting/,
  /Using node@24 from host/,
  /Loaded environment variables from/,
  // Parameters with their defaults, each with its description, and a note about the run folder.
  /^Prompting for parameters|^[A-Z][A-Z0-9_]+: |functions\/\.env\.local/,
  // A sweep each minute that has found nothing.
  /"redriven":0,"queued":0,"known":0,"removed":0,"deletedFiles":0,"expired":0,"deletedCopies":0,"copiesLeft":0,"erased":0,"erasuresFailed":0,"notDeleted":0,.*"message":"sweep ended"/,
  /Received SIGINT|Please wait for a clean shutdown/, // Caused by our SIGINT.
]

function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line))
}

/** The end of the log, for an error message. */
export function lastLines(folder: RunFolder, count = 40): string {
  try {
    return readFileSync(folder.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return ''
  }
}
