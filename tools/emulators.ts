import { appendFileSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Environment } from './environment.ts'
import { type Interruption, unlessStopped } from './interruption.ts'
import { killEmulatorsOf } from './leftovers.ts'
import { projectId } from './paths.ts'
import { address, type Ports } from './ports.ts'
import { type Job, startJob } from './processes.ts'
import type { RunFolder } from './run-folder.ts'

const firebase = createRequire(import.meta.url).resolve('firebase-tools/lib/bin/firebase.js')
const emulators = 'auth,functions,firestore,storage,tasks,eventarc'

export type Emulators = {
  /** When firebase-tools has ended, wanted or not. */
  exited: Promise<number>
  stop: () => Promise<void>
}

export type EmulatorsOptions = {
  folder: RunFolder
  ports: Ports
  environment: Environment
  /** Receives each line of the emulators and the functions. */
  onLine: (line: string) => void
  interruption: Interruption
}

/** Starts the Firebase emulators; they are ready, and the functions loaded, when it returns. */
export async function startEmulators(options: EmulatorsOptions): Promise<Emulators> {
  const { folder, ports, interruption } = options
  const job = startJob(
    process.execPath,
    [
      [firebase, 'emulators:start'],
      ['--config', folder.config],
      ['--project', projectId],
      ['--only', emulators],
      ['--log-verbosity', 'QUIET'], // Warnings, errors, and what the functions log.
    ].flat(),
    { cwd: folder.path, env: { ...process.env, ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const stop = async () => {
    await job.stop('SIGINT', 'program', interruption.hurry)
    killEmulatorsOf(folder.path)
  }
  try {
    await unlessStopped(Promise.race([announced(job, options), ended(job)]), interruption.stop)
    await checkFunctions(ports)
  } catch (error) {
    await stop()
    throw error
  }
  return { exited: job.exited, stop }
}

/** Follows the output, and returns once firebase-tools has said that all emulators are ready. */
function announced(job: Job, { folder, onLine }: EmulatorsOptions): Promise<void> {
  return new Promise((resolve) => {
    let isOverview = false
    for (const stream of [job.process.stdout, job.process.stderr]) {
      if (!stream) continue
      createInterface({ input: stream }).on('line', (line) => {
        if (line.includes('All emulators ready')) resolve()
        // firebase-tools' own table of addresses, in boxes; `start` prints one.
        if (line.startsWith('┌')) isOverview = true
        if (!isOverview && isTelling(line)) {
          appendFileSync(folder.log, `${line}\n`)
          onLine(line)
        }
        if (line.startsWith('Issues? Report them')) isOverview = false
      })
    }
  })
}

async function ended(job: Job): Promise<never> {
  const code = await job.exited
  throw new Error(`firebase-tools ended with code ${code} while the emulators were starting`)
}

/** firebase-tools goes on without functions that it could not load; a test suite must not. */
async function checkFunctions(ports: Ports): Promise<void> {
  const response = await fetch(`http://${address(ports.functions)}/backends`)
  const { backends }: { backends: { functionTriggers: unknown[] }[] } = JSON.parse(await response.text())
  if (backends.every((backend) => backend.functionTriggers.length === 0))
    throw new Error('The functions did not load')
}

/** Lines of every run that tell nobody anything. */
const noise = [
  /^\s*$/,
  /sun\.misc\.Unsafe|com\.google\.protobuf\.UnsafeUtil/, // Java 24 and newer, about Google's own library.
  /^Picked up JAVA_TOOL_OPTIONS/,
  /The Emulator UI is not starting/,
  /Using node@24 from host/,
  /Loaded environment variables from/,
  // Parameters that take their default: each with its description, and a note in the run folder.
  /^Prompting for parameters|^[A-Z][A-Z0-9_]+: |functions\/\.env\.local/,
  /Received SIGINT|Please wait for a clean shutdown/, // Our own SIGINT.
]

function isTelling(line: string): boolean {
  return !noise.some((pattern) => pattern.test(line))
}

/** The end of the log, for an error message. */
export function lastLines(folder: RunFolder, count = 40): string {
  try {
    return readFileSync(folder.log, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return ''
  }
}
