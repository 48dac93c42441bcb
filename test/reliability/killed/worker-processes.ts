import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Order, Report } from './worker-process.ts'

/** How a delivery ended for its sender. */
export type RunEnd = Report | 'killed'

/** Worker processes that run one order at a time. A killed process is replaced. */
export class WorkerProcesses {
  private readonly environment: NodeJS.ProcessEnv
  private readonly idle: ChildProcess[] = []

  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment
  }

  /**
   * @param moment resolves when the worker should get SIGKILL. It is aborted when the worker has ended
   *   before.
   */
  async run(order: Order, moment?: (stop: AbortSignal) => Promise<void>): Promise<RunEnd> {
    const child = this.idle.pop() ?? (await this.start())
    const reported = once(child, 'message').then(([report]) => report as Report)
    const died = once(child, 'exit').then((): RunEnd => 'killed')
    child.send(order)
    const stop = new AbortController()
    const kill = async () => {
      await moment?.(stop.signal)
      if (moment && !stop.signal.aborted) child.kill('SIGKILL')
    }
    const killing = kill()
    const ended = await Promise.race([reported, died])
    stop.abort()
    await killing
    // The signal may arrive just after the report.
    if (ended !== 'killed' && !child.killed) this.idle.push(child)
    return ended
  }

  killAll(): void {
    for (const child of this.idle.splice(0)) child.kill('SIGKILL')
  }

  private async start(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'worker-process.ts'), {
      execPath: process.execPath,
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [report] = (await once(child, 'message')) as [Report]
    if (report !== 'ready') throw new Error(`A worker process started with "${report}"`)
    return child
  }
}
