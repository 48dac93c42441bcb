import { PHOTO_FUNCTION } from '../../functions/src/config/photo-function.ts'
import { questions } from '../../functions/src/config/questions.ts'
import { settings } from '../../functions/src/config/settings.ts'
import { costOf, priceOf } from '../../functions/src/model/prices.ts'
import { THOUGHT_TOKENS } from '../../functions/src/quota/typical-photo.ts'
import { DUE_SHARDS } from '../../functions/src/stores/firestore/due-shards.ts'
import { IN_2026, MAIN, photoTokens, RESOLUTION } from '../cost/figures.ts'
import { priceOfUnits } from '../cost/services.ts'
import { loadTokens } from '../cost/tokens.ts'
import { loadOperations } from '../docs-cost-services.ts'
import { MAX } from './limits.ts'
import { dollarsOf } from './sweeps.ts'

export const DAY_SECONDS = 86_400
export const MONTH_SECONDS = 30 * DAY_SECONDS
/** Assumed time of a photo in its instance, as in docs/cost.md. It mostly waits for the model. */
export const PHOTO_SECONDS = 6
/** Assumed size of a photo of 12 megapixels with its results. */
export const STORED_BYTES = 3.2e6
/**
 * Writes a second of a busy instance to the counter of the project, for any number of photos. Counted in
 * test/unit/functions/quota/project-ledger.test.ts.
 */
const QUOTA_WRITES = 0.6
/** The largest value of QUOTA_SHARDS. */
const MOST_QUOTA_SHARDS = 1000
/** Writes of a photo that change `dueAt`: its claim and its end. */
const DUE_WRITES = 2
/** Photos a second of an instance. */
const photosOfInstance = PHOTO_FUNCTION.concurrency / PHOTO_SECONDS
/** Requests of a photo to the model. */
const REQUESTS = 2

const PHOTO = loadOperations()['photo of 4 objects']!
/** The upload of the client included. */
const OBJECT_WRITES = (PHOTO.storageClassA ?? 0) + 1

/** Both requests of a typical photo with masks and the expected thinking. */
export function tokensOfPhoto(): { input: number; output: number } {
  const { input, output } = photoTokens(loadTokens().photos.typical, 'masks', MAIN, RESOLUTION)
  return { input, output: output + REQUESTS * THOUGHT_TOKENS }
}

const { input, output } = tokensOfPhoto()
const TOKENS = input + output

export function modelDollars(date: Date): number {
  return costOf(priceOf(MAIN, 'standard', date)!, tokensOfPhoto())
}

/** What limits the photos per second. `raised`: at the documented limit; undefined if there is none. */
export type Capacity = {
  name: string
  demand: string
  byDefault: number
  raised: number | undefined
  raise: string
  /** That raises it. */
  parameter?: string
}

/** Dollars a month as photos a second. */
const perSecond = (usd: number) => usd / modelDollars(IN_2026) / MONTH_SECONDS

function parameter({ name }: { name: string }) {
  return { raise: `\`${name}\``, parameter: `\`${name}\`` }
}

export function capacities(): Capacity[] {
  return [
    {
      name: 'Budget of the project',
      demand: `${TOKENS.toLocaleString('en')} tokens a photo`,
      byDefault: questions.projectTokensPerDay.default / TOKENS / DAY_SECONDS,
      raised: undefined,
      ...parameter(questions.projectTokensPerDay),
    },
    {
      name: 'Spend cap of the Gemini API',
      demand: `${(1000 * modelDollars(IN_2026)).toFixed(2)} dollars for 1,000 photos`,
      byDefault: perSecond(MAX.tierOneDollars),
      raised: perSecond(MAX.tierThreeDollars),
      raise:
        'a higher tier (default here: tier 1, at most: the 100,000 dollars of tier 3); beyond it `GEMINI_PROVIDER=vertex-ai`',
    },
    {
      name: 'Requests to the Gemini API (not verified)',
      demand: `${REQUESTS} requests a photo`,
      byDefault: MAX.tierOneRequestsPerMinute / 60 / REQUESTS,
      raised: MAX.tierThreeRequestsPerMinute / 60 / REQUESTS,
      raise: 'a higher tier, then `MODEL_REQUESTS_PER_MINUTE`',
    },
    {
      name: 'Threshold of Vertex AI',
      demand: `${TOKENS.toLocaleString('en')} tokens a photo`,
      byDefault: MAX.vertexTierOneTokensPerMinute / 60 / TOKENS,
      raised: MAX.vertexTokensPerMinute / 60 / TOKENS,
      raise: 'spend in 30 days; beyond it Provisioned Throughput',
    },
    {
      name: 'Instances of `onImageUploaded`',
      demand: `${PHOTO_SECONDS} s a photo, ${PHOTO_FUNCTION.concurrency} photos at a time in an instance`,
      byDefault: settings.maxInstances.default * photosOfInstance,
      raised: MAX.instances * photosOfInstance,
      ...parameter(settings.maxInstances),
    },
    ...storeCapacities(),
  ]
}

function storeCapacities(): Capacity[] {
  const objectWrites = MAX.objectWrites / OBJECT_WRITES
  const photosOfShard = (MAX.documentWrites / QUOTA_WRITES) * photosOfInstance
  const objectReads = MAX.objectReads / (PHOTO.storageClassB ?? 0)
  return [
    {
      name: 'Counters of the project',
      demand: `${QUOTA_WRITES} writes a second of a busy instance`,
      byDefault: settings.quotaShards.default * photosOfShard,
      raised: MOST_QUOTA_SHARDS * photosOfShard,
      ...parameter(settings.quotaShards),
    },
    {
      name: 'Sequential index of due photos',
      demand: `${DUE_WRITES} writes a photo to ${DUE_SHARDS} shards`,
      byDefault: (DUE_SHARDS * MAX.sequentialWrites) / DUE_WRITES,
      raised: undefined,
      raise: 'none',
    },
    {
      name: 'Objects that are written',
      demand: `${OBJECT_WRITES} writes a photo, with the upload`,
      byDefault: objectWrites,
      raised: undefined,
      raise:
        'none: Cloud Storage scales a bucket whose traffic grows slowly. `OUTPUT_BUCKET` gives the results a bucket of their own',
    },
    {
      name: 'Objects that are read',
      demand: `${PHOTO.storageClassB} reads a photo`,
      byDefault: objectReads,
      raised: undefined,
      raise: 'none, as for writes',
    },
  ]
}

/** What photos at a rate need and cost a month, without the model. */
export function demandOf(rate: number) {
  const inFlight = rate * PHOTO_SECONDS
  const instances = Math.ceil(inFlight / PHOTO_FUNCTION.concurrency)
  const photosPerMonth = rate * MONTH_SECONDS
  return {
    photosPerDay: rate * DAY_SECONDS,
    photosPerMonth,
    inFlight,
    instances,
    documentWrites: rate * (PHOTO.firestoreWrites ?? 0),
    objectWrites: rate * OBJECT_WRITES,
    requestsPerMinute: rate * REQUESTS * 60,
    tokensPerMinute: rate * TOKENS * 60,
    operationDollars: photosPerMonth * (dollarsOf(PHOTO) + priceOfUnits('storageClassA', 1)),
    instanceDollars:
      instances * MONTH_SECONDS * (priceOfUnits('cpuSeconds', 1) + priceOfUnits('gibSeconds', 2)),
  }
}
