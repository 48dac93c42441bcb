import { type PhotoResult, STEP_NAMES } from './run-file.ts'

export type Spread = { median: number; p95: number }

export type Totals = {
  photos: number
  /** Photos by status. */
  statuses: Record<string, number>
  /** Photos with a description and objects. */
  complete: number
  objects: number
  /** Objects of answers that could not be used. */
  droppedObjects: number
  requests: number
  tokens: { input: number; output: number; total: number }
  /** Photos for which the model has answered at least once. */
  answered: number
  /** US dollars. Undefined if the price of an answer is unknown. */
  usd: number | undefined
  /** For 1,000 photos like those that the model answered. */
  usdPer1000: number | undefined
  /** Milliseconds of photos whose step or run succeeded. Undefined without any. */
  ms: Record<'total' | 'describe' | 'locate', Spread | undefined>
  /** Of each photo that the model answered. */
  tokensPerPhoto: Spread | undefined
}

export function totalsOf(photos: readonly PhotoResult[]): Totals {
  const statuses: Record<string, number> = {}
  for (const { status } of photos) statuses[status] = (statuses[status] ?? 0) + 1
  const steps = photos.flatMap((photo) => STEP_NAMES.map((name) => photo.steps[name]))
  const sum = (of: (step: (typeof steps)[number]) => number | undefined) =>
    steps.reduce((total, step) => total + (of(step) ?? 0), 0)
  const answered = photos.filter((photo) => tokensOf(photo) > 0)
  const costs = answered.map(usdOf)
  const usd = costs.reduce<number | undefined>(
    (total, cost) => (total === undefined || cost === undefined ? undefined : total + cost),
    0,
  )
  const complete = photos.filter(isComplete)
  const stepTimes = (name: (typeof STEP_NAMES)[number]) =>
    spread(
      photos.flatMap(({ steps: { [name]: step } }) => (step.state === 'succeeded' ? (step.ms ?? []) : [])),
    )
  return {
    photos: photos.length,
    statuses,
    complete: complete.length,
    objects: photos.reduce((total, { objects }) => total + (objects?.length ?? 0), 0),
    droppedObjects: photos.reduce((total, { dropped }) => total + (dropped?.objects ?? 0), 0),
    requests: sum(({ requests }) => requests),
    tokens: {
      input: sum(({ tokens }) => tokens?.input),
      output: sum(({ tokens }) => tokens?.output),
      total: sum(({ tokens }) => tokens?.total),
    },
    answered: answered.length,
    usd,
    usdPer1000: usd === undefined || answered.length === 0 ? undefined : (usd / answered.length) * 1000,
    ms: {
      total: spread(complete.flatMap(({ timingsMs }) => timingsMs.total ?? [])),
      describe: stepTimes('describe'),
      locate: stepTimes('locate'),
    },
    tokensPerPhoto: spread(answered.map(tokensOf)),
  }
}

/** Both model steps have succeeded. */
export function isComplete({ status }: PhotoResult): boolean {
  return status === 'succeeded'
}

export function tokensOf(photo: PhotoResult): number {
  return STEP_NAMES.reduce((total, name) => total + (photo.steps[name].tokens?.total ?? 0), 0)
}

/** US dollars of all answers. Undefined if there is none, or if the price of one is unknown. */
export function usdOf(photo: PhotoResult): number | undefined {
  const answers = STEP_NAMES.map((name) => photo.steps[name]).filter(({ tokens }) => tokens)
  if (answers.length === 0 || answers.some(({ usd }) => usd === undefined)) return undefined
  return answers.reduce((total, { usd }) => total + usd!, 0)
}

/** The nearest-rank percentiles: each is a value that was measured. Undefined for no values. */
export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!
  return { median: at(50), p95: at(95) }
}
