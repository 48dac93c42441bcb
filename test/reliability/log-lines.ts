import { format } from 'node:util'

const METHODS = ['debug', 'info', 'log', 'warn', 'error'] as const

let hear: (line: string) => void = tellStderr

/** Who hears from now on what is logged while `heard` runs. */
export function hearLogs(listener: ((line: string) => void) | undefined): void {
  hear = listener ?? tellStderr
}

export function tellStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * Runs something whose log lines are heard, not printed. firebase-functions keeps the console's methods that it finds when it is loaded, so it
 * is to be loaded in here too.
 */
export async function heard<T>(run: () => Promise<T>): Promise<T> {
  const usual = Object.fromEntries(METHODS.map((method) => [method, console[method]]))
  for (const method of METHODS) console[method] = (...words: unknown[]) => hear(format(...words))
  try {
    return await run()
  } finally {
    Object.assign(console, usual)
  }
}
