import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { addTally, emptyTally, type Job, type Tally } from './tally.ts'

const PHOTOS_PER_PART = 1000

/** Runs jobs in a thread per core. @returns their tallies, in the order of the jobs */
export async function runJobs(
  jobs: readonly Job[],
  onProgress: (photos: number) => void = () => undefined,
): Promise<Tally[]> {
  const tallies = jobs.map(emptyTally)
  const parts = jobs.flatMap((job, index) => splitJob(job).map((part) => ({ part, index })))
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), parts.length) }, async () => {
      const thread = new Worker(new URL('./thread.ts', import.meta.url), { execArgv: [] })
      try {
        for (let turn = parts[next++]; turn; turn = parts[next++]) {
          const tally = await runPart(thread, turn.part)
          tallies[turn.index] = addTally(tallies[turn.index]!, tally)
          onProgress(tally.photos)
        }
      } finally {
        await thread.terminate()
      }
    }),
  )
  return tallies
}

function splitJob(job: Job): Job[] {
  if (job.untilViolation) return [job]
  const parts: Job[] = []
  for (let from = job.from; from < job.to; from += PHOTOS_PER_PART) {
    parts.push({ ...job, from, to: Math.min(job.to, from + PHOTOS_PER_PART) })
  }
  return parts
}

function runPart(thread: Worker, part: Job): Promise<Tally> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject)
    thread.once('message', (tally: Tally) => {
      thread.off('error', reject)
      resolve(tally)
    })
    thread.postMessage(part)
  })
}
