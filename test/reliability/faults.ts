import { Random, seedOfWorld } from '../model/random.ts'

/** The faults of one worker, by the number of the fault point. */
export type Faults = {
  /** Is called at each point, before any fault. */
  onPoint?: (number: number, point: string) => void | Promise<void>
  crashAt?: number
  /** The worker pauses there, longer than its lease: when it resumes, another worker has taken over. */
  pauseAt?: number
  pauseMs?: number
  errorAt?: number
  shutdownAt?: number
}

/** What a worker runs. */
export type JobKind = 'finalized' | 'deleted' | 'task' | 'sweep'

export const NO_FAULTS: Faults = {}

/** Fault points that a run without faults passes, approximately. */
const POINTS = 56

/**
 * The part of the workers that get each fault. Most of them are duplicates, and end before they reach it. With
 * 1,000 uploads, about 240 workers crash.
 */
const RATES = { crash: 0.22, pause: 0.09, error: 0.14, shutdown: 0.07 }

/** The faults of the nth worker of a photo: the same for the same seed, independent of other photos. */
export function faultsOf(seed: number, subject: number, nth: number): Faults {
  const random = new Random(seedOfWorld(seedOfWorld(seed, subject), nth))
  const faults: Faults = {}
  const point = () => random.below(POINTS)
  if (random.chance(RATES.crash)) faults.crashAt = point()
  if (random.chance(RATES.pause)) {
    faults.pauseAt = point()
    faults.pauseMs = random.between(380_000, 900_000)
  }
  if (random.chance(RATES.error)) faults.errorAt = point()
  if (random.chance(RATES.shutdown)) faults.shutdownAt = point()
  return faults
}
