import type { Fate } from './fate.ts'
import { openWorld, type WholeWorld } from './whole-world.ts'

/** What else happens to a photo at the moment its worker dies. */
export const SITUATIONS = ['nothing else', 'a duplicate in flight', 'overwritten', 'deleted'] as const
export type Situation = (typeof SITUATIONS)[number]

const NO_EVENT_FAULTS = { lost: 0, duplicated: 0, late: 0 }
const DRY = 'users/owner/uploads/dry.png'
const PAUSE_MS = 5000

export type Crashes = Awaited<ReturnType<WholeWorld['judge']>> & {
  /** The fault points that an undisturbed run passes, in their order. */
  points: string[]
  /** How many photos lost their worker where they were to. */
  crashed: number
}

/**
 * Lets a worker die at each point of a photo's run, in each situation: a photo for each. Its event comes again, and the sweeper comes.
 * Photos go their ways side by side.
 */
export async function crashEverywhere(): Promise<Crashes> {
  const points: string[] = []
  const plans = new Map<string, { point: number; situation: Situation }>()
  let crashed = 0
  await using world = await openWorld({ seed: 1, eventFaults: NO_EVENT_FAULTS, fateOf })

  function fateOf(name: string, nth: number): Fate {
    if (name === DRY) return { onPoint: (_, point) => void points.push(point) }
    const plan = plans.get(name)
    if (!plan || nth > 0) return {}
    return {
      crashAt: plan.point,
      onPoint: async (number) => {
        if (number !== plan.point) return
        crashed++
        await meanwhile(plan.situation, name)
      },
    }
  }

  async function meanwhile(situation: Situation, name: string): Promise<void> {
    if (situation === 'overwritten') await world.users.upload(name)
    if (situation === 'deleted') await world.users.delete(name)
    if (situation === 'a duplicate in flight') world.users.announceAgain(name)
  }

  await world.geminiFaults.begin(1, 0)
  upload(world, DRY, 0)
  await world.crew.drain()
  for (const [point] of points.entries()) {
    for (const [index, situation] of SITUATIONS.entries()) {
      const name = `users/owner/uploads/${point}-${index}.png`
      plans.set(name, { point, situation })
      upload(world, name, (plans.size - 1) * PAUSE_MS)
    }
  }
  await world.crew.drain()
  await world.end()
  return { ...(await world.judge()), points, crashed }
}

function upload({ clock, crew, users }: WholeWorld, name: string, delayMs: number): void {
  clock.after(delayMs, () =>
    crew.start({ name: 'user', imageId: users.imageIdOf(name), fate: {} }, async () => users.upload(name)),
  )
}
