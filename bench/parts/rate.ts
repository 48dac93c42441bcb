import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Measurement } from '../measure/rounds.ts'
import { summarise } from '../measure/statistics.ts'
import type { AlbumOptions, AlbumResult } from '../rate/simulate.ts'
import { figure, type Part, type PartResult, type Table } from './part.ts'

export const PACED_SECONDS = 'paced album ÷ the time that the limit allows'
export const PACED_REJECTED = 'paced album: rejected ÷ accepted requests'
export const PACED_FAILED = 'paced album: photos that failed'
export const UNPACED_FAILED = 'album without a pace: photos that failed'

const LIMIT = 60
const ANSWER_MS = 3000
const PHOTOS = { full: 100, quick: 10 }
/** Describe and locate. */
const REQUESTS_PER_PHOTO = 2

/**
 * A request waits this long for a place in a busy instance, then Cloud Run refuses it.
 * https://docs.cloud.google.com/run/docs/about-instance-autoscaling, 2026-11
 */
const PENDING_MS = 10_000

type Case = { requestsPerMinute: number; saysWhen: boolean; pendingMs?: number }

const PACED = 'MODEL_REQUESTS_PER_MINUTE=60'
const UNPACED = 'not set'
const CASES: Record<string, Case> = {
  [PACED]: { requestsPerMinute: LIMIT, saysWhen: true },
  [UNPACED]: { requestsPerMinute: 0, saysWhen: true },
  'not set, 429 without RetryInfo': { requestsPerMinute: 0, saysWhen: false },
  '60, refused deliveries back off': { requestsPerMinute: LIMIT, saysWhen: true, pendingMs: PENDING_MS },
  'not set, refused deliveries back off': { requestsPerMinute: 0, saysWhen: true, pendingMs: PENDING_MS },
}

const execute = promisify(execFile)

/** An album in one instance, with a model that accepts 60 requests a minute. */
export const rate: Part = {
  name: 'rate',
  title: 'Rate limits',
  async measure({ plan, random, progress }): Promise<PartResult> {
    const photos = PHOTOS[plan.name]
    const results = new Map<string, AlbumResult[]>(Object.keys(CASES).map((name) => [name, []]))
    for (let round = 1; round <= Math.min(plan.rounds, 3); round++) {
      for (const [name, { requestsPerMinute, saysWhen, pendingMs }] of Object.entries(CASES)) {
        progress(`round ${round}, ${name}`)
        const service = { limit: LIMIT, answerMs: ANSWER_MS, saysWhen }
        const seed = Math.floor(random() * 2 ** 32)
        const wait = pendingMs === undefined ? {} : { pendingMs }
        results.get(name)!.push(await simulate({ photos, requestsPerMinute, service, seed, ...wait }))
      }
    }
    const allowedSeconds = (photos * REQUESTS_PER_PHOTO * 60) / LIMIT
    const samples = (name: string, of: (result: AlbumResult) => number) => results.get(name)!.map(of)
    const measurements: Measurement[] = [
      {
        id: PACED_SECONDS,
        unit: 'count',
        samples: samples(PACED, ({ seconds }) => round2(seconds / allowedSeconds)),
      },
      {
        id: PACED_REJECTED,
        unit: 'count',
        samples: samples(PACED, ({ rejected, accepted }) => round2(rejected / accepted)),
      },
      { id: PACED_FAILED, unit: 'count', samples: samples(PACED, ({ failed }) => failed) },
      { id: UNPACED_FAILED, unit: 'count', samples: samples(UNPACED, ({ failed }) => failed) },
    ]
    const columns = {
      seconds: ({ seconds }: AlbumResult) => Math.round(seconds),
      accepted: ({ accepted }: AlbumResult) => accepted,
      rejected: ({ rejected }: AlbumResult) => rejected,
      runs: ({ runs }: AlbumResult) => runs,
      'instance full': ({ refused }: AlbumResult) => refused,
      failed: ({ failed }: AlbumResult) => failed,
    }
    const table: Table = {
      title: `${photos} photos at once, one instance`,
      columns: Object.keys(columns),
      rows: Object.keys(CASES).map((name) => ({
        name,
        cells: Object.values(columns).map((of) => figure('count', summarise(samples(name, of)))),
      })),
    }
    return {
      measurements,
      tables: [table],
      notes: [
        `Virtual time: the production pipeline over memory stores with the latencies of the part \`path\`, varied by half. ` +
          `The model answers in ${ANSWER_MS / 1000} s, and with 429 beyond ${LIMIT} requests in any minute: the limit allows ` +
          `${photos * REQUESTS_PER_PHOTO} requests in ${allowedSeconds} s. Deliveries wait until the instance has a place; in the ` +
          `last two rows Cloud Run refuses them after ${PENDING_MS / 1000} s, and Eventarc delivers again after 10 to 600 s. "Runs" ` +
          `counts runs of the pipeline, "instance full" refused deliveries, "failed" photos that did not end as succeeded.`,
      ],
    }
  },
}

const round2 = (value: number) => Math.round(value * 100) / 100

/** In a process of its own, which replaces modules. */
async function simulate(album: AlbumOptions): Promise<AlbumResult> {
  const program = join(import.meta.dirname, '../rate/simulate.ts')
  const { stdout } = await execute(process.execPath, [program, '--album', JSON.stringify(album)])
  return JSON.parse(stdout) as AlbumResult
}
