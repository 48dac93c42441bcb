import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A program that we started, with all that it starts: a process group of its own. */
export type Job = {
  process: ChildProcess
  /** The exit code, 128 + its number for a signal; rejects if the program cannot be started. Ends what it left. */
  exited: Promise<number>
  /** Signals, waits, and kills the whole group after ten seconds, or as soon as `hurry` says so. */
  stop: (signal: NodeJS.Signals, to: 'program' | 'group', hurry: AbortSignal) => Promise<void>
}

const graceMs = 10_000

export function startJob(command: string, args: string[], options: SpawnOptions): Job {
  // A group of its own also keeps the terminal's Ctrl-C away: who started it decides the order of stopping.
  const child = spawn(command, args, {
    ...options,
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => killGroup(child.pid)) // What it started may outlive it.
    child.once('close', (code, signal) => {
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
  exited.catch(() => {}) // Who waits for it hears of a failure; nobody may be waiting yet.
  return {
    process: child,
    exited,
    async stop(signal, to, hurry) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      if (to === 'group') signalGroup(child.pid, signal)
      else child.kill(signal)
      const kill = () => killGroup(child.pid)
      const timer = setTimeout(kill, graceMs)
      if (hurry.aborted) kill()
      hurry.addEventListener('abort', kill)
      await exited
      clearTimeout(timer)
      hurry.removeEventListener('abort', kill)
    },
  }
}

/** Ends a process group that may already have ended. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  if (process.platform !== 'win32') return signalGroup(pid, 'SIGKILL')
  try {
    execFileSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' })
  } catch {} // Nothing left to end.
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch (error) {
    // It has ended already; macOS says EPERM while the system still clears up.
    if (!['ESRCH', 'EPERM'].includes(String(codeOf(error)))) throw error
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // Somebody else's.
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
