import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Report, Task } from './way-of-a-photo.ts'

/** How a photo's process took it. `megabytes`: the most that it held above what it held before its first photo; Linux only. */
export type Watched =
  | { end: 'reported'; reports: Report[]; megabytes: number | undefined }
  | { end: 'crashed'; how: string }
  | { end: 'hung' }

/** Other systems do not tell what a process held at most since a moment. */
export const measuresMemory = existsSync('/proc/self/clear_refs')
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/** A process that takes photos, and is replaced when one has killed it. */
export class WatchedWorker {
  private readonly script: string
  private readonly warmUp: Task
  private child: ChildProcess | undefined
  private baselineBytes = 0

  /** @param warmUp a photo that loads what every photo needs */
  constructor(warmUp: Task, script = WORKER) {
    this.warmUp = warmUp
    this.script = script
  }

  /** Takes photos at once, and says how they ended, or how the process did. */
  async run(tasks: Task[], patienceMs: number): Promise<Watched> {
    if (this.hasEnded()) {
      this.child = undefined
      return { end: 'crashed', how: 'after the photo before this one' }
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

  /** The next photo finds a new process. */
  stop(): void {
    this.child?.kill('SIGKILL')
    this.child = undefined
  }

  /** Starts the process, unless it is there. */
  async ready(): Promise<ChildProcess> {
    if (this.child) return this.child
    // As deployed, where it is a line of `.env`.
    const env = { ...process.env, MALLOC_ARENA_MAX: deployedArenas() }
    const child = fork(this.script, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.child = child
    const answer = await this.ask(child, [this.warmUp], 60_000)
    if (!Array.isArray(answer))
      throw new Error(`Cannot start a process for photos: ${JSON.stringify(answer)}`)
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

/** proc(5): 5 sets the peak to what is held now. */
function resetPeak({ pid }: ChildProcess): void {
  if (measuresMemory) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function statusBytes({ pid }: ChildProcess, field: 'VmHWM' | 'VmRSS'): number {
  const [, kibibytes] =
    new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}

/** @throws Error when the example of the deployed environment does not bound the allocator's arenas */
function deployedArenas(): string {
  const example = readFileSync(new URL('../../functions/.env.example', import.meta.url), 'utf8')
  const [, arenas] = /^MALLOC_ARENA_MAX=(\d+)$/m.exec(example) ?? []
  if (!arenas) throw new Error('functions/.env.example does not set MALLOC_ARENA_MAX')
  return arenas
}
