import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Order, Report } from './child.ts'

/** How a delivery looked to whoever made it. */
export type Ended = Report | 'killed'

/** Worker processes, one order at a time each. One that was killed is replaced by a new one. */
export class KilledCrew {
  private readonly environment: NodeJS.ProcessEnv
  private readonly idle: ChildProcess[] = []

  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment
  }

  /** @param moment when the worker gets SIGKILL, if it is still at work then; told to stop waiting when it is not */
  async run(order: Order, moment?: (stop: AbortSignal) => Promise<void>): Promise<Ended> {
    const child = this.idle.pop() ?? (await this.hire())
    const reported = once(child, 'message').then(([report]) => report as Report)
    const died = once(child, 'exit').then((): Ended => 'killed')
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
    // A worker that was killed at the very end is of no use to anybody.
    if (ended !== 'killed' && !child.killed) this.idle.push(child)
    return ended
  }

  dismiss(): void {
    for (const child of this.idle.splice(0)) child.kill('SIGKILL')
  }

  private async hire(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, 'child.ts'), {
      execPath: process.execPath,
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [report] = (await once(child, 'message')) as [Report]
    if (report !== 'ready') throw new Error(`A worker began with "${report}"`)
    return child
  }
}
