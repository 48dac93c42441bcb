import type { Faults, JobKind } from './faults.ts'
import { openWorld, type SimulatedWorld } from './simulated-world.ts'

/** What else happens to the photo when its worker crashes. */
export const SITUATIONS = ['nothing else', 'a concurrent duplicate', 'overwritten', 'deleted'] as const
export type Situation = (typeof SITUATIONS)[number]

const NO_EVENT_FAULTS = { lost: 0, duplicated: 0, late: 0 }
const DRY_RUN = 'users/owner/uploads/dry.png'
const PAUSE_MS = 5000

type Found = Awaited<ReturnType<SimulatedWorld['findViolations']>>

/** `points`: the fault points that a run without faults passes, in order. `crashed`: photos whose worker crashed. */
export type CrashPoints = Found & { points: string[]; crashed: number }

/**
 * Crashes a worker at each point of a photo's run, in each situation, with one photo per combination. Events
 * are redelivered and the sweeper runs. The photos are processed concurrently.
 * @returns the result for new names, and then for overwritten photos, which have results to delete
 */
export async function crashAtEveryPoint(): Promise<{ uploaded: CrashPoints; overwritten: CrashPoints }> {
  let points: string[] = []
  let crashed = 0
  const plans = new Map<string, { point: number; situation: Situation }>()
  await using world = await openWorld({ seed: 1, eventFaults: NO_EVENT_FAULTS, faultsOf })

  /** Only the first worker of an upload crashes. */
  function faultsOf(name: string, _: number, kind: JobKind): Faults {
    if (kind !== 'finalized') return {}
    if (name === DRY_RUN) return { onPoint: (__, point) => void points.push(point) }
    const plan = plans.get(name)
    plans.delete(name)
    if (!plan) return {}
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

  const used = new Set<string>()
  async function uploadAll(names: Iterable<string>): Promise<void> {
    for (const [index, name] of [...names].entries()) {
      used.add(name)
      upload(world, name, index * PAUSE_MS)
    }
    await world.workers.runAll()
  }

  async function crashUploads(kind: 'uploaded' | 'overwritten'): Promise<CrashPoints> {
    points = []
    crashed = 0
    await world.geminiFaults.begin(1, 0)
    await uploadAll([DRY_RUN])
    const planned = points.flatMap((_, point) =>
      SITUATIONS.map((situation, index) => {
        return [`users/owner/uploads/${point}-${index}.png`, { point, situation }] as const
      }),
    )
    if (kind === 'overwritten')
      await uploadAll(planned.map(([name]) => name).filter((name) => !used.has(name)))
    for (const [name, plan] of planned) plans.set(name, plan)
    await uploadAll(plans.keys())
    await world.sweepUntilIdle()
    return { ...(await world.findViolations()), points, crashed }
  }

  const uploaded = await crashUploads('uploaded')
  return { uploaded, overwritten: await crashUploads('overwritten') }
}

function upload({ clock, workers, users }: SimulatedWorld, name: string, delayMs: number): void {
  clock.after(delayMs, () =>
    workers.start({ name: 'user', imageId: users.imageIdOf(name), faults: {} }, async () =>
      users.upload(name),
    ),
  )
}
