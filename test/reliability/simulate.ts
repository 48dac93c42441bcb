import { createHash } from 'node:crypto'
import { fateOf } from './fate.ts'
import { realHandlers } from './real-handlers.ts'
import type { Tally } from './tally.ts'
import { openWorld, type WholeWorld } from './whole-world.ts'

export type Options = {
  uploads: number
  seed: number
  /** Hears now and then how far it is. */
  onProgress?: (tally: Tally) => void
}

export type Result = Awaited<ReturnType<WholeWorld['judge']>> & { seed: number; seconds: number }

/** Which part of the model's answers fails. */
const MODEL_FAULTS = 0.3

const EVENT_FAULTS = { lost: 0.03, duplicated: 0.3, late: 0.2 }

/** As `onSweep` is scheduled. */
const SWEEP_PERIOD_MS = 600_000

const PROGRESS_MS = 10_000

/**
 * The real handlers over the real stores in the emulators and the real model adapter over HTTP, in a world of made-up users, workers
 * that die, sleep and are stopped, and an event service as Google describes it. The clock is virtual.
 */
export async function simulate({ uploads, seed, onProgress }: Options): Promise<Result> {
  const started = performance.now()
  await using world = await openWorld({
    seed,
    eventFaults: EVENT_FAULTS,
    fateOf: (name, nth) => fateOf(seed, createHash('sha256').update(name).digest().readUInt32BE(0), nth),
  })
  const progress = setInterval(() => onProgress?.(world.tally), PROGRESS_MS)
  try {
    await world.geminiFaults.begin(seed, MODEL_FAULTS)
    world.users.plan(uploads)
    keepSweeping(world)
    await world.crew.drain()
    await world.end()
    return { ...(await world.judge()), seed, seconds: (performance.now() - started) / 1000 }
  } finally {
    clearInterval(progress)
  }
}

function keepSweeping({ clock, crew, nextFate, tally }: WholeWorld): void {
  const sweepNext = () =>
    clock.after(
      SWEEP_PERIOD_MS,
      () => {
        tally.count('sweeps')
        crew.start({ name: 'sweep', fate: nextFate('sweep') }, realHandlers.sweep)
        sweepNext()
      },
      true,
    )
  sweepNext()
}
