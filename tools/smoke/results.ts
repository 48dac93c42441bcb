import { styleText } from 'node:util'

export type Result = {
  name: string
  state: 'ok' | 'failed' | 'skipped'
  milliseconds: number
  /** What was found, or the reason of the failure. */
  found: string
}

/** Runs named checks, and keeps their results. A failed check does not end the others. */
export class Results {
  readonly list: Result[] = []

  /** @returns the result of the work; undefined if it failed */
  async run<T>(name: string, work: () => Promise<{ found: string; value: T }>): Promise<T | undefined> {
    const start = performance.now()
    const finish = (state: Result['state'], found: string) =>
      this.list.push({ name, state, milliseconds: Math.round(performance.now() - start), found })
    try {
      const { found, value } = await work()
      finish('ok', found)
      return value
    } catch (error) {
      finish('failed', describe(error))
      return undefined
    }
  }

  skip(name: string, reason: string): void {
    this.list.push({ name, state: 'skipped', milliseconds: 0, found: reason })
  }

  hasFailed(): boolean {
    return this.list.some(({ state }) => state === 'failed')
  }
}

/** The message of an error with its code and its request id, which finds the line in the logs. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, requestId } = error as { code?: unknown; requestId?: unknown }
  const id = typeof requestId === 'string' ? ` (request ${requestId})` : ''
  return typeof code === 'string' ? `${code}: ${error.message}${id}` : error.message
}

export function printResults(title: string, results: Result[], stream: NodeJS.WriteStream): void {
  const width = Math.max(...results.map(({ name }) => name.length))
  const styles = { ok: 'green', failed: 'red', skipped: 'yellow' } as const
  stream.write(`\n${title}\n`)
  for (const { name, state, milliseconds, found } of results) {
    const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(8)
    const sign = styleText(styles[state], state.padEnd(7), { stream })
    stream.write(`${sign}  ${name.padEnd(width)}  ${time}  ${found}\n`)
  }
  const count = (state: Result['state']) => results.filter((result) => result.state === state).length
  const parts = [`${count('ok')} ok`, `${count('failed')} failed`, `${count('skipped')} skipped`]
  stream.write(`\n${parts.join(', ')}.\n`)
}

export const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text)
