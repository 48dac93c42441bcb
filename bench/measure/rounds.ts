import { shuffle } from './random.ts'

/*
 * Why not tinybench or mitata (2026-11): they finish one task before the next, so minutes with different
 * machine load lie between two cases. They can only time functions of their own process, but the Python cases
 * are timed in Python.
 */

export type Unit = 'ms' | 'MiB' | 'bytes' | 'count'

/** A case, measured once in every round. */
export type Case = {
  /** Unique within its part. */
  id: string
  unit: Unit
  /** Measures once, in the unit. The data of the case is loaded before. */
  run: () => Promise<number>
  /** Failures of peers are reported. A failure of our code is a bug and ends the run. */
  isPeer: boolean
  /** Rounds that do not count. JavaScript needs two until it is compiled. Cases that take seconds use one. */
  warmUps: number
}

/** The samples by round, or the reason why there are none. */
export type Measurement = { id: string; unit: Unit; samples: number[]; failure?: string }

type RoundsOptions = {
  rounds: number
  random: () => number
  /** Called before each sample. */
  progress: (text: string) => void
}

/** Measures every case once per round, in a new random order for each round. */
export async function measureRounds(
  cases: readonly Case[],
  { rounds, random, progress }: RoundsOptions,
): Promise<Measurement[]> {
  const measurements = new Map<string, Measurement>()
  for (const { id, unit } of cases) {
    if (measurements.has(id)) throw new Error(`Cannot measure: two cases are called ${id}`)
    measurements.set(id, { id, unit, samples: [] })
  }
  const warmUps = Math.max(...cases.map((one) => one.warmUps))
  for (let round = 1 - warmUps; round <= rounds; round++) {
    const order = shuffle(cases, random)
    for (const [index, one] of order.entries()) {
      const measurement = measurements.get(one.id)!
      if (measurement.failure !== undefined || 1 - round > one.warmUps) continue
      const stage = round > 0 ? `round ${round} of ${rounds}` : `warm-up ${round + warmUps} of ${warmUps}`
      progress(`${stage}, ${index + 1} of ${order.length}: ${one.id}`)
      try {
        const sample = await one.run()
        if (round > 0) measurement.samples.push(sample)
      } catch (error) {
        if (!one.isPeer) throw error
        measurement.failure = error instanceof Error ? error.message : String(error)
        measurement.samples = []
      }
    }
  }
  return [...measurements.values()]
}

/**
 * The wall time of `work` in milliseconds. `repeats` returns the mean, for work that is shorter than the
 * timer resolution.
 */
export async function time(work: () => unknown, repeats = 1): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) await work()
  return (performance.now() - start) / repeats
}
