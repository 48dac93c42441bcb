import type { Faults } from './faults.ts'
import { openWorld, type SimulatedWorld } from './simulated-world.ts'

/** What else happens to the photo when its worker crashes. */
export const SITUATIONS = ['nothing else', 'a concurrent duplicate', 'overwritten', 'deleted'] as const
export type Situation = (typeof SITUATIONS)[number]

const NO_EVENT_FAULTS = { lost: 0, duplicated: 0, late: 0 }
const DRY_RUN = 'users/owner/uploads/dry.png'
const PAUSE_MS = 5000

export type CrashPoints = Awaited<ReturnType<SimulatedWorld['findViolations']>> & {
  /** The fault points that a run without faults passes, in order. */
  points: string[]
  /** Photos whose worker crashed at the planned point. */
  crashed: number
}

/**
 * Crashes a worker at each point of a photo's run, in each situation, with one photo per combination. Events
 * are redelivered and the sweeper runs. The photos are processed concurrently.
 */
export async function crashAtEveryPoint(): Promise<CrashPoints> {
  const points: string[] = []
  const plans = new Map<string, { point: number; situation: Situation }>()
  let crashed = 0
  await using world = await openWorld({ seed: 1, eventFaults: NO_EVENT_FAULTS, faultsOf })

  function faultsOf(name: string, nth: number): Faults {
    if (name === DRY_RUN) return { onPoint: (_, point) => void points.push(point) }
    const plan = plans.get(name)
    if (!plan || nth > 0) return {}
    return {
      crashAt: plan.point,
      onPoint: async (number) => {
        if (number !== plan.point) return
        crashed++
        await cause(plan.situation, name)
      },
    }
  }

  async function cause(situation: Situation, name: string): Promise<void> {
    if (situation === 'overwritten') await world.users.upload(name)
    if (situation === 'deleted') await world.users.delete(name)
    if (situation === 'a concurrent duplicate') world.users.publishAgain(name)
  }

  await world.geminiFaults.begin(1, 0)
  upload(world, DRY_RUN, 0)
  await world.workers.runAll()
  for (const [point] of points.entries()) {
    for (const [index, situation] of SITUATIONS.entries()) {
      const name = `users/owner/uploads/${point}-${index}.png`
      plans.set(name, { point, situation })
      upload(world, name, (plans.size - 1) * PAUSE_MS)
    }
  }
  await world.workers.runAll()
  await world.sweepUntilIdle()
  return { ...(await world.findViolations()), points, crashed }
}

function upload({ clock, workers, users }: SimulatedWorld, name: string, delayMs: number): void {
  clock.after(delayMs, () =>
    workers.start({ name: 'user', imageId: users.imageIdOf(name), faults: {} }, async () =>
      users.upload(name),
    ),
  )
}
