import { createHash } from 'node:crypto'
import { faultsOf, NO_FAULTS } from './faults.ts'
import { handlers } from './handlers.ts'
import type { Tally } from './records.ts'
import { openWorld, type SimulatedWorld } from './simulated-world.ts'

export type Options = {
  uploads: number
  seed: number
  /** Is called every ten seconds. */
  onProgress?: (tally: Tally) => void
}

export type Result = Awaited<ReturnType<SimulatedWorld['findViolations']>> & { seed: number; seconds: number }

/** The part of the model's answers that fail. */
const MODEL_FAULTS = 0.3

const EVENT_FAULTS = { lost: 0.03, duplicated: 0.3, late: 0.2 }

/** The schedule of `onSweep`. */
const SWEEP_PERIOD_MS = 600_000

/** When backfills start, after the first upload. */
const BACKFILL_MINUTES = [5, 30]

const PROGRESS_MS = 10_000

/**
 * Runs the deployed handlers with the production stores on the emulators and the production model adapter
 * over HTTP. Users, event service, queue and faults of workers are simulated, on a virtual clock.
 */
export async function simulate({ uploads, seed, onProgress }: Options): Promise<Result> {
  const started = performance.now()
  await using world = await openWorld({
    seed,
    eventFaults: EVENT_FAULTS,
    faultsOf: (name, nth) => faultsOf(seed, createHash('sha256').update(name).digest().readUInt32BE(0), nth),
  })
  const progress = setInterval(() => onProgress?.(world.tally), PROGRESS_MS)
  try {
    await world.geminiFaults.begin(seed, MODEL_FAULTS)
    world.users.plan(uploads)
    scheduleSweeps(world)
    scheduleBackfills(world)
    await world.workers.runAll()
    await world.sweepUntilIdle()
    return { ...(await world.findViolations()), seed, seconds: (performance.now() - started) / 1000 }
  } finally {
    clearInterval(progress)
  }
}

/** Backfills of the photos that have no document yet: their events were lost, or are late. */
function scheduleBackfills({ clock, workers, startBackfill }: SimulatedWorld): void {
  for (const minutes of BACKFILL_MINUTES) {
    clock.after(
      minutes * 60_000,
      () => workers.start({ name: 'backfill', faults: NO_FAULTS }, startBackfill),
      true,
    )
  }
}

function scheduleSweeps({ clock, workers, nextFaults, tally }: SimulatedWorld): void {
  const sweepNext = () =>
    clock.after(
      SWEEP_PERIOD_MS,
      () => {
        tally.count('sweeps')
        workers.start({ name: 'sweep', faults: nextFaults('sweep', 'sweep') }, handlers.sweep)
        sweepNext()
      },
      true,
    )
  sweepNext()
}
