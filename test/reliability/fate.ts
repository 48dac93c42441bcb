import { Random, seedOfWorld } from '../model/random.ts'

/** What befalls one worker, by the number of the fault point. */
export type Fate = {
  /** Hears of each point before anything happens there. */
  onPoint?: (number: number, point: string) => void | Promise<void>
  crashAt?: number
  /** From there it sleeps, longer than its lease: when it wakes, another has taken over. */
  sleepAt?: number
  sleepMs?: number
  errorAt?: number
  shutdownAt?: number
}

export const UNHARMED: Fate = {}

/** Fault points that an undisturbed run of a photo passes, about. */
const POINTS = 50

/** Which part of the workers meets what, if they come so far: most are duplicates, and have ended before. */
const RATES = { crash: 0.3, sleep: 0.12, error: 0.2, shutdown: 0.1 }

/** The fate of the nth worker over a photo: the same for the same seed, whatever the others do. */
export function fateOf(seed: number, subject: number, nth: number): Fate {
  const random = new Random(seedOfWorld(seedOfWorld(seed, subject), nth))
  const fate: Fate = {}
  const point = () => random.below(POINTS)
  if (random.chance(RATES.crash)) fate.crashAt = point()
  if (random.chance(RATES.sleep)) {
    fate.sleepAt = point()
    fate.sleepMs = random.between(380_000, 900_000)
  }
  if (random.chance(RATES.error)) fate.errorAt = point()
  if (random.chance(RATES.shutdown)) fate.shutdownAt = point()
  return fate
}
