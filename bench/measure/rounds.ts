import { shuffle } from './random.ts'

/*
 * tinybench and mitata run one task to its end and then the next, so minutes lie between two cases and the machine's mood with them;
 * and they time a function of their own process, while Python's cases are timed in Python. Both as of 2026-11.
 */

export type Unit = 'ms' | 'MiB' | 'bytes'

/** One thing that is measured once in every round. */
export type Case = {
  /** Unique within its part. */
  id: string
  unit: Unit
  /** Measures once, in the unit. What the case needs is loaded before it is first called. */
  run: () => Promise<number>
  /** A peer that fails is reported and left out; if one of our own does, that is a bug and ends everything. */
  isPeer: boolean
  /** Rounds that do not count. JavaScript takes two until its code is compiled; what takes seconds makes do with one. */
  warmUps: number
}

/** Samples by round, or why there are none. */
export type Measurement = { id: string; unit: Unit; samples: number[]; failure?: string }

export type RoundsOptions = {
  rounds: number
  random: () => number
  /** Called before each sample. */
  progress: (text: string) => void
}

/** Every case once a round, in an order that is shuffled anew each time. */
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

/** Wall milliseconds of `work`, the mean of `repeats`: for work that is shorter than a timer tells. */
export async function time(work: () => unknown, repeats = 1): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) await work()
  return (performance.now() - start) / repeats
}
