const METHODS = ['debug', 'info', 'log', 'warn', 'error'] as const

let sink: (line: string) => void = () => undefined

/** Who hears what the functions log from now on. */
export function hearLogs(hear: (line: string) => void): void {
  sink = hear
}

/** Loads what loads firebase-functions, whose logger keeps the console's methods that it finds then: what it logs is heard, not printed. */
export async function loadHeard<T>(load: () => Promise<T>): Promise<T> {
  const usual = Object.fromEntries(METHODS.map((method) => [method, console[method]]))
  for (const method of METHODS) console[method] = (line: unknown) => sink(String(line))
  try {
    return await load()
  } finally {
    Object.assign(console, usual)
  }
}
