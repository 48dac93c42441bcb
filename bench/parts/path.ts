import { describeImage } from '../../functions/src/callables/describe-image.ts'
import { readConfig } from '../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { annotateImage } from '../../functions/src/pipeline/annotate-image.ts'
import type { Measurement } from '../measure/rounds.ts'
import { summarise } from '../measure/statistics.ts'
import { ANSWERS, OBJECTS } from '../path/answers.ts'
import { type Call, LATENCY_MS, Recorder } from '../path/latencies.ts'
import { FINISH, recordedServices } from '../path/recorded-services.ts'
import { type Context, figure, type Part, type PartResult, type Table } from './part.ts'

export const BEYOND_MODEL = 'beyond the model, until the document is finished'
export const CALL_BEYOND_MODEL = 'describeImage() by path, beyond the model'
export const COMMITS = 'Firestore commits'
export const LISTS = 'list requests'

const MODEL_MS = { full: 3000, quick: 200 }
const NAME = 'users/alice/uploads/photo.jpg'

/** What one ordinary photo waits for: a new upload of a known user, in an instance that is warm. */
export const path: Part = {
  name: 'path',
  title: 'Critical path of a photo',
  async measure(context: Context): Promise<PartResult> {
    const { plan, progress } = context
    const runs: Run[] = []
    const described: Awaited<ReturnType<typeof describe>>[] = []
    // Round 0 loads the modules and fills the caches of the instance.
    for (let round = 0; round <= Math.min(plan.rounds, 3); round++) {
      progress(`round ${round}`)
      const [run, call] = [await annotate(context), await describe(context)]
      if (round > 0) {
        runs.push(run)
        described.push(call)
      }
    }
    const samples = (of: (run: Run) => number) => runs.map(of)
    const measurements: Measurement[] = [
      { id: BEYOND_MODEL, unit: 'ms', samples: samples(({ beyondModelMs }) => beyondModelMs) },
      { id: CALL_BEYOND_MODEL, unit: 'ms', samples: described.map(({ beyondModelMs }) => beyondModelMs) },
      { id: COMMITS, unit: 'count', samples: samples(({ commits }) => commits) },
      { id: LISTS, unit: 'count', samples: samples(({ lists }) => lists) },
    ]
    return {
      measurements,
      tables: [
        tableOf('Calls of one photo, in milliseconds since the event', runs.at(-1)!.calls),
        tableOf('Calls of describeImage() by path, in milliseconds', described.at(-1)!.calls),
        {
          title: 'Together',
          columns: ['median'],
          rows: measurements.map(({ id, unit, samples: found }) => ({
            name: id,
            cells: [figure(unit, summarise(found))],
          })),
        },
      ],
      notes: [
        `A photo of ${plan.sizes[1].name} with ${OBJECTS} polygons, over memory stores whose calls take: ` +
          `${Object.entries(LATENCY_MS)
            .map(([operation, ms]) => `${operation} ${ms} ms`)
            .join(
              ', ',
            )}; model ${MODEL_MS[plan.name]} ms. Assumptions for comparisons, not measurements of Google Cloud.`,
      ],
    }
  },
}

function tableOf(title: string, calls: readonly Call[]): Table {
  return {
    title,
    columns: ['from', 'to', 'operations'],
    rows: calls.map(({ name, from, to, operations }) => ({
      name,
      cells: [from, to].map((ms) => ({ text: ms.toFixed(0) })).concat({ text: operations.join(', ') }),
    })),
  }
}

type Run = { beyondModelMs: number; commits: number; lists: number; calls: readonly Call[] }

/** A stored photo, and services that record what is called. */
function prepareRun({ plan, data }: Context) {
  const { jpeg } = data.photo(plan.sizes[1])
  const recorder = new Recorder(MODEL_MS[plan.name])
  const recorded = recordedServices(recorder, ANSWERS)
  const generation = '1700000000000001'
  recorded.photos.files.set(NAME, { bytes: jpeg, contentType: 'image/jpeg', generation })
  return { ...recorded, recorder, jpeg, generation, modelMs: MODEL_MS[plan.name] }
}

async function describe(context: Context): Promise<{ beyondModelMs: number; calls: readonly Call[] }> {
  const { services, recorder, modelMs } = prepareRun(context)
  await describeImage(
    { image: { path: NAME } },
    {
      uid: 'alice',
      account: 'verified',
      signedInAt: new Date(),
      signInProvider: 'password',
      signal: new AbortController().signal,
      services,
      config: readConfig({}),
    },
  )
  return { beyondModelMs: recorder.elapsedMs - modelMs, calls: recorder.calls }
}

async function annotate(context: Context): Promise<Run> {
  const { services, annotations, recorder, jpeg, generation, modelMs } = prepareRun(context)
  const imageId = imageIdOf('bucket', NAME)
  const photo = { imageId, owner: 'alice', bucket: 'bucket', name: NAME, generation }
  const event = { ...photo, contentType: 'image/jpeg', sizeBytes: jpeg.length }
  await annotateImage(event, services, readConfig({}))
  const status = annotations.documents.get(imageId)?.status
  if (status !== 'succeeded') throw new Error(`Cannot measure the path: the photo ended as ${status}`)
  const finished = recorder.calls.find(({ name }) => name === FINISH)!
  return {
    beyondModelMs: finished.to - modelMs,
    commits: recorder.count('commit'),
    lists: recorder.count('list'),
    calls: recorder.calls,
  }
}
