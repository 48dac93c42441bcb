import { setTimeout as sleep } from 'node:timers/promises'
import { runTrigger } from './run-trigger.ts'

type SweepsOptions = {
  /** The Functions emulator, `host:port`. */
  functionsHost: string
  everyMs: number
  /** Receives one line for each failed sweep. */
  log: (line: string) => void
}

/** Runs the scheduled sweep, since the emulators run no schedules. Returns a function that stops it. */
export function startSweeps({ functionsHost, everyMs, log }: SweepsOptions): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const run = async () => {
    while (!signal.aborted) {
      try {
        await sleep(everyMs, undefined, { signal })
        await runTrigger(functionsHost, 'onSweep', '', signal)
      } catch (error) {
        if (!signal.aborted) log(`Relay: the sweep failed: ${String(error)}`)
      }
    }
  }
  void run()
  return () => stop.abort()
}
