import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pictureFamilies } from './pictures/pictures.ts'
import { endOf, HANG_MS, type Lane, type Result } from './trial.ts'

/** The memory limit for four concurrent photos on an instance of 2 GiB. */
export const MAX_TOGETHER_MEGABYTES = 1024
const TOGETHER = 4

/**
 * Runs the photos that needed the most memory concurrently in one process.
 * @param results of the single photos
 */
export async function tryFourAtOnce(results: readonly Result[], lane: Lane): Promise<Result> {
  const pictures = Object.values(pictureFamilies).flat()
  const worst = results
    .filter(({ family, heic, end }) => family in pictureFamilies && heic === 'off' && end === 'succeeded')
    .toSorted((a, b) => (b.megabytes ?? 0) - (a.megabytes ?? 0))
    .slice(0, TOGETHER)
  const tasks = await Promise.all(
    worst.map(async ({ name }, index) => {
      const file = join(lane.folder, `together-${index}`)
      writeFileSync(file, await pictures.find((picture) => picture.name === name)!.make())
      return { file, fileName: `${index}.jpg`, parameters: {}, geminiUrl: lane.model.url }
    }),
  )
  lane.worker.stop()
  const started = performance.now()
  const watched = await lane.worker.run(tasks, HANG_MS * TOGETHER)
  const about = {
    name: worst.map(({ name }) => name).join(' + '),
    family: 'four at once',
    heic: 'off' as const,
    bomb: false,
    durationMs: performance.now() - started,
  }
  if (watched.end !== 'reported') {
    return { ...about, end: watched.end, megabytes: undefined, faults: [`they ${watched.end}`] }
  }
  const ends = watched.reports.map(endOf)
  const faults = watched.reports.flatMap(({ complaints }) => complaints)
  const { megabytes } = watched
  if (worst.length < TOGETHER || ends.some((end) => end !== 'succeeded'))
    faults.push(`they ended as ${ends.join(', ')}`)
  if (megabytes !== undefined && megabytes > MAX_TOGETHER_MEGABYTES) {
    faults.push(`they took ${Math.round(megabytes)} MB, the limit is ${MAX_TOGETHER_MEGABYTES}`)
  }
  return { ...about, end: ends[0] ?? 'none', megabytes, faults }
}
