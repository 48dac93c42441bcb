import { setTimeout as sleep } from 'node:timers/promises'

/**
 * What calls take within one Google Cloud region, in milliseconds: assumptions for comparisons, not
 * measurements of Google Cloud.
 */
export const LATENCY_MS = {
  read: 15,
  commit: 40,
  metadata: 40,
  download: 80,
  upload: 100,
  list: 60,
} as const

export type Operation = keyof typeof LATENCY_MS | 'model'

/** A call of a port: its operations run one after another. Times are milliseconds since the start of the run. */
export type Call = { name: string; operations: readonly Operation[]; from: number; to: number }

/** Delays calls, and records them. */
export class Recorder {
  readonly calls: Call[] = []
  private readonly modelMs: number
  private readonly started = performance.now()

  constructor(modelMs: number) {
    this.modelMs = modelMs
  }

  get elapsedMs(): number {
    return performance.now() - this.started
  }

  /** Calls a port after the time that its operations take. */
  async call<T>(name: string, operations: readonly Operation[], run: () => Promise<T>): Promise<T> {
    const call: Call = { name, operations, from: this.elapsedMs, to: Number.NaN }
    this.calls.push(call)
    try {
      for (const operation of operations)
        await sleep(operation === 'model' ? this.modelMs : LATENCY_MS[operation])
      return await run()
    } finally {
      call.to = this.elapsedMs
    }
  }

  count(operation: Operation): number {
    return this.calls.flatMap(({ operations }) => operations).filter((one) => one === operation).length
  }
}
