import { parentPort } from 'node:worker_threads'
import { SCENARIOS } from './scenarios.ts'
import { simulate } from './simulate.ts'
import { addTally, emptyTally, type Job, type Tally, tallyOf } from './tally.ts'

/**
 * Simulations that run interleaved: each waits for the event loop after every action, and they share the
 * wait.
 */
const CONCURRENCY = 32

async function runJob({ scenario, change, seed, from, to, untilViolation }: Job): Promise<Tally> {
  let tally = emptyTally()
  let next = from
  const run = async () => {
    while (next < to) {
      const photo = next++
      const result = await simulate(SCENARIOS[scenario], change, seed, photo)
      tally = addTally(tally, tallyOf(photo, result))
      if (untilViolation && result.violations.length > 0) next = to
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, run))
  return tally
}

parentPort!.on('message', (job: Job) => {
  void runJob(job).then((tally) => parentPort!.postMessage(tally))
})
