import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { addTally, emptyTally, type Job, type Tally } from './tally.ts'

const PHOTOS_A_TURN = 1000

/** Runs jobs on all cores; tallies come in the order of the jobs. */
export async function runJobs(jobs: readonly Job[], progress: (photos: number) => void): Promise<Tally[]> {
  const tallies = jobs.map(emptyTally)
  const turns = jobs.flatMap((job, index) => splitJob(job).map((part) => ({ part, index })))
  let next = 0
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const thread = new Worker(new URL('./thread.ts', import.meta.url))
      try {
        for (let turn = turns[next++]; turn; turn = turns[next++]) {
          const tally = await runPart(thread, turn.part)
          tallies[turn.index] = addTally(tallies[turn.index]!, tally)
          progress(tally.photos)
        }
      } finally {
        await thread.terminate()
      }
    }),
  )
  return tallies
}

function splitJob(job: Job): Job[] {
  const parts: Job[] = []
  for (let from = job.from; from < job.to; from += PHOTOS_A_TURN) {
    parts.push({ ...job, from, to: Math.min(job.to, from + PHOTOS_A_TURN) })
  }
  return parts
}

function runPart(thread: Worker, part: Job): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error)
    thread.once('error', failed)
    thread.once('message', (tally: Tally) => {
      thread.off('error', failed)
      resolve(tally)
    })
    thread.postMessage(part)
  })
}
