import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Report, Task } from './pipeline-trial.ts'

/**
 * How trials ended for their process. `megabytes`: the peak memory above that before the first photo; Linux
 * only.
 */
export type Watched =
  | { end: 'reported'; reports: Report[]; megabytes: number | undefined }
  | { end: 'crashed'; how: string }
  | { end: 'hung' }

/** Only Linux can reset and report the peak memory of a process. */
export const measuresMemory = existsSync('/proc/self/clear_refs')
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/** A process that runs trials, and is replaced when a photo crashes it. */
export class WatchedWorker {
  private readonly script: string
  private readonly warmUp: Task
  private child: ChildProcess | undefined
  private baselineBytes = 0

  /** @param warmUp a photo that makes the process load its modules */
  constructor(warmUp: Task, script = WORKER) {
    this.warmUp = warmUp
    this.script = script
  }

  /** Runs trials concurrently. @returns how they ended, or how the process ended */
  async run(tasks: Task[], patienceMs: number): Promise<Watched> {
    if (this.hasEnded()) {
      this.child = undefined
      return { end: 'crashed', how: 'after the previous photo' }
    }
    const child = await this.ready()
    resetPeak(child)
    const answer = await this.ask(child, tasks, patienceMs)
    if (!Array.isArray(answer)) return answer
    const peak = measuresMemory ? statusBytes(child, 'VmHWM') : undefined
    const megabytes = peak === undefined ? undefined : (peak - this.baselineBytes) / 1e6
    return { end: 'reported', reports: answer, megabytes }
  }

  private hasEnded(): boolean {
    return this.child !== undefined && (this.child.exitCode !== null || this.child.signalCode !== null)
  }

  /** The next trial starts a new process. */
  stop(): void {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }

  /** Starts the process, if it is not running. */
  async ready(): Promise<ChildProcess> {
    if (this.child) return this.child
    // As in the deployed `.env`.
    const env = { ...process.env, MALLOC_ARENA_MAX: deployedArenas() }
    const child = fork(this.script, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child = child
    const answer = await this.ask(child, [this.warmUp], 60_000)
    if (!Array.isArray(answer))
      throw new Error(`Cannot start a process for trials: ${JSON.stringify(answer)}`)
    if (measuresMemory) this.baselineBytes = statusBytes(child, 'VmRSS')
    return child
  }

  private async ask(
    child: ChildProcess,
    tasks: Task[],
    patienceMs: number,
  ): Promise<Report[] | Exclude<Watched, { end: 'reported' }>> {
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise((resolve) => {
        timer = setTimeout(() => {
          this.stop()
          resolve({ end: 'hung' })
        }, patienceMs)
        child.once('message', (reports) => resolve(reports as Report[]))
        child.once('exit', (code, signal) => {
          this.child = undefined
          resolve({ end: 'crashed', how: signal ? `signal ${signal}` : `code ${code}` })
        })
        child.send({ tasks })
      })
    } finally {
      clearTimeout(timer)
      child.removeAllListeners()
    }
  }
}

/** proc(5): 5 sets the peak to the current memory. */
function resetPeak({ pid }: ChildProcess): void {
  if (measuresMemory) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function statusBytes({ pid }: ChildProcess, field: 'VmHWM' | 'VmRSS'): number {
  const [, kibibytes] =
    new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/** @throws Error if `.env.example` does not limit the allocator's arenas */
function deployedArenas(): string {
  const example = readFileSync(new URL('../../functions/.env.example', import.meta.url), 'utf8')
  const [, arenas] = /^MALLOC_ARENA_MAX=(\d+)$/m.exec(example) ?? []
  if (!arenas) throw new Error('functions/.env.example does not set MALLOC_ARENA_MAX')
  return arenas
}
