import { Worker } from 'node:worker_threads'
import { PHOTO_FUNCTION } from '../../functions/src/config/photo-function.ts'
import type { Ended, Instance } from '../album/instance.ts'
import { record } from '../album/record.ts'
import type { Measurement } from '../measure/rounds.ts'
import { summarise } from '../measure/statistics.ts'
import { ANSWERS } from '../path/answers.ts'
import { LATENCY_MS } from '../path/latencies.ts'
import { type Context, figure, type Part, type PartResult, times } from './part.ts'

export const ALBUM = 'album'
export const ONE_PHOTO = 'one photo'

const INSTANCES = 5
/** Before 2026-11-30. */
const FORMER_CONCURRENCY = 4
const SIZES = { full: { photos: 100, modelMs: 3000 }, quick: { photos: 25, modelMs: 100 } }

/** 100 photos that are uploaded at once, on the instances of the default MAX_INSTANCES. */
export const album: Part = {
  name: 'album',
  title: 'An album of photos at once',
  async measure(context: Context): Promise<PartResult> {
    const { plan, data, progress } = context
    const { photos, modelMs } = SIZES[plan.name]
    const { jpeg } = data.photo(plan.sizes[1])
    progress('recording the stages of one photo')
    const recorded = await record(jpeg, ANSWERS.location)
    const instance: Instance = { modelMs, photoBytes: jpeg.length, answers: ANSWERS, recorded }
    const samples = { one: [] as number[], former: [] as number[], all: [] as number[] }
    await using instances = await Instances.start(instance)
    for (let round = 0; round < Math.min(plan.rounds, 2); round++) {
      progress(`round ${round + 1}`)
      samples.one.push(await instances.annotate(1, 1))
      samples.former.push(await instances.annotate(photos, FORMER_CONCURRENCY))
      samples.all.push(await instances.annotate(photos, PHOTO_FUNCTION.concurrency))
    }
    const measurements: Measurement[] = [
      { id: ONE_PHOTO, unit: 'ms', samples: samples.one },
      { id: `${ALBUM}, ${FORMER_CONCURRENCY} photos per instance`, unit: 'ms', samples: samples.former },
      { id: ALBUM, unit: 'ms', samples: samples.all },
    ]
    const { inspect, prepare, thumbnail, draw } = recorded.ms
    const used = [`inspect ${inspect.toFixed(0)} ms`, `prepare ${prepare.toFixed(0)} ms`]
    used.push(`thumbnail ${thumbnail.toFixed(0)} ms`, `draw ${draw.toFixed(0)} ms`)
    return {
      measurements,
      tables: [
        {
          title: `${photos} photos of ${plan.sizes[1].name} at once on ${INSTANCES} instances`,
          columns: ['time until all are finished', '÷ one photo'],
          rows: measurements.map(({ id, samples: found }) => ({
            name: id === ALBUM ? `**album, ${PHOTO_FUNCTION.concurrency} photos per instance**` : id,
            cells: [
              figure('ms', summarise(found)),
              times(summarise(found.map((ms, round) => ms / samples.one[round]!))),
            ],
          })),
        },
      ],
      notes: [
        `Each instance is a thread with one simulated CPU: the stages that compute pixels take the time that one photo took alone (${used.join(', ')}), one after another. ` +
          `The stores have the latencies of the critical path (${Object.keys(LATENCY_MS).length} operations); model ${modelMs} ms. All instances are warm, and photos without an instance wait for the next free one.`,
      ],
    }
  },
}

class Instances implements AsyncDisposable {
  private readonly workers: Worker[]
  private nextPhoto = 0

  private constructor(workers: Worker[]) {
    this.workers = workers
  }

  /** Starts the instances, and annotates one photo in each, so that they are warm. */
  static async start(workerData: Instance): Promise<Instances> {
    const script = new URL('../album/instance.ts', import.meta.url)
    const instances = new Instances(
      Array.from({ length: INSTANCES }, () => new Worker(script, { workerData })),
    )
    await instances.annotate(INSTANCES, 1)
    return instances
  }

  /** @returns milliseconds until all photos are finished. @throws Error if a photo does not succeed */
  async annotate(photos: number, concurrency: number): Promise<number> {
    let left = photos
    const started = performance.now()
    const slots = Array.from({ length: concurrency }, () => this.workers).flat()
    await Promise.all(
      slots.map(async (worker) => {
        while (left > 0) {
          left--
          const { status } = await annotateOn(worker, this.nextPhoto++)
          if (status !== 'succeeded') throw new Error(`Cannot measure an album: a photo ended as ${status}`)
        }
      }),
    )
    return performance.now() - started
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => worker.terminate()))
  }
}

async function annotateOn(worker: Worker, photo: number): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const onMessage = (ended: Ended) => {
    if (ended.photo === photo) resolve(ended)
  }
  worker.on('message', onMessage).once('error', reject)
  worker.setMaxListeners(0)
  worker.postMessage(photo)
  try {
    return await promise
  } finally {
    worker.off('message', onMessage).off('error', reject)
  }
}
