import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { constants } from 'node:os'

/** A program and the processes that it starts, in a process group of their own. */
export type ProcessGroup = {
  process: ChildProcess
  /** The exit code, or 128 + the number of a signal. Rejects if the program cannot be started. */
  exited: Promise<number>
  /** Sends a signal and waits. Kills the group after ten seconds, or when `force` is aborted. */
  stop: (signal: NodeJS.Signals, to: 'program' | 'group', force: AbortSignal) => Promise<void>
}

const graceMs = 10_000

export function startProcessGroup(command: string, args: string[], options: SpawnOptions): ProcessGroup {
  // In its own group, the program does not receive the terminal's Ctrl-C, so the caller controls the shutdown
  // order.
  const child = spawn(command, args, {
    ...options,
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => killGroup(child.pid)) // Kills processes that outlive the program.
    child.once('close', (code, signal) => {
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
  exited.catch(() => {}) // Prevents an unhandled rejection before the caller awaits it.
  return {
    process: child,
    exited,
    async stop(signal, to, force) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      if (to === 'group') signalGroup(child.pid, signal)
      else child.kill(signal)
      const kill = () => killGroup(child.pid)
      const timer = setTimeout(kill, graceMs)
      if (force.aborted) kill()
      force.addEventListener('abort', kill)
      await exited
      clearTimeout(timer)
      force.removeEventListener('abort', kill)
    },
  }
}

/** Kills a process group, which may have ended already. */
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
    // The group has ended already. macOS reports EPERM while it cleans up.
    if (!['ESRCH', 'EPERM'].includes(String(codeOf(error)))) throw error
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // The process of another user.
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
