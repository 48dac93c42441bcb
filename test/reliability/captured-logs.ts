import { format } from 'node:util'
import type { crashAtEveryPoint } from './crash-points.ts'
import type { Options, Result } from './simulate.ts'

const METHODS = ['debug', 'info', 'log', 'warn', 'error'] as const

let listener: (line: string) => void = writeStderr

/** Sets who receives the captured log lines. */
export function onLogLine(receive: ((line: string) => void) | undefined): void {
  listener = receive ?? writeStderr
}

export function writeStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * Captures what `run` logs. firebase-functions keeps the console methods that it finds when it is loaded, so
 * `run` must load it.
 */
async function withCapturedLogs<T>(run: () => Promise<T>): Promise<T> {
  const original = Object.fromEntries(METHODS.map((method) => [method, console[method]]))
  for (const method of METHODS) console[method] = (...words: unknown[]) => listener(format(...words))
  try {
    return await run()
  } finally {
    Object.assign(console, original)
  }
}

/** `simulate()`, with the logs in the traces of its photos. */
export async function simulateWithLogs(options: Options): Promise<Result> {
  return withCapturedLogs(async () => {
    const { simulate } = await import('./simulate.ts')
    return simulate(options)
  })
}

/** `crashAtEveryPoint()`, with the logs in the traces of its photos. */
export async function crashAtEveryPointWithLogs(): ReturnType<typeof crashAtEveryPoint> {
  return withCapturedLogs(async () => {
    const { crashAtEveryPoint } = await import('./crash-points.ts')
    return crashAtEveryPoint()
  })
}
