import type { Config } from '../../functions/src/config/config.ts'
import type { Annotation, ModelStep, ModelStepName } from '../../functions/src/document/annotation.ts'
import type { VisionError } from '../../functions/src/errors.ts'
import { costOf, priceOf } from '../../functions/src/model/prices.ts'
import type { PhotoResult, StepResult } from './run-file.ts'

const SKIPPED: StepResult = { state: 'not-run', requests: 0 }

export const NOT_RUN = {
  status: 'not-run',
  steps: { describe: SKIPPED, locate: SKIPPED },
  timingsMs: {},
} satisfies Omit<PhotoResult, 'name'>

export function crashedResult(name: string, error: unknown): PhotoResult {
  const message = error instanceof Error ? error.message : String(error)
  return { ...NOT_RUN, name, status: 'crashed', error: { code: 'internal', message } }
}

type Prices = Pick<Config, 'inputTokenPrice' | 'outputTokenPrice'>

/** @param failure with the message for logs, which says more than the stored one */
export function resultOf(
  annotation: Annotation,
  failure: VisionError | undefined,
  prices: Prices,
): Omit<PhotoResult, 'name'> {
  const {
    status,
    error,
    image,
    caption,
    altText,
    labels,
    text,
    objects,
    dropped,
    timingsMs = {},
  } = annotation
  const step = (name: ModelStepName) =>
    stepOf(annotation.steps[name], timingsMs[name], failure, prices, annotation.createdAt)
  const result = {
    status,
    error: error && {
      code: error.code,
      message: failure?.code === error.code ? failure.message : error.message,
    },
    image: image && { width: image.width, height: image.height },
    caption,
    altText,
    labels,
    text,
    objects: objects?.map(({ label, box, mask, maskReason }) => ({
      label,
      box,
      ...(mask && { areaPixels: mask.areaPixels }),
      ...(maskReason && { maskReason }),
    })),
    dropped: dropped && { objects: dropped.objects, reasons: { ...dropped.reasons } },
    steps: { describe: step('describe'), locate: step('locate') },
    timingsMs,
  }
  return withoutUndefined(result)
}

function stepOf(
  { state, model, promptVersion, answer, usage, paidCalls = 0, error }: ModelStep,
  ms: number | undefined,
  failure: VisionError | undefined,
  prices: Prices,
  date: Date,
): StepResult {
  const tokens = usage && {
    input: usage.promptTokens,
    // Thoughts are billed as output.
    output: usage.outputTokens + usage.thoughtTokens,
    thoughts: usage.thoughtTokens,
    total: usage.totalTokens,
  }
  const price = model && priceFor(model.version, model.requested, prices, date)
  const ran = state !== 'pending' || error !== undefined || ms !== undefined
  const result = {
    state: state === 'succeeded' ? state : ran ? ('failed' as const) : ('not-run' as const),
    model: model?.version,
    promptVersion,
    answer,
    tokens,
    requests: Math.max(paidCalls, usage?.calls ?? 0),
    usd: tokens && price ? costOf(price, tokens) : undefined,
    ms,
    error: error && {
      code: error.code,
      message: failure?.code === error.code ? failure.message : error.message,
    },
  }
  return withoutUndefined(result)
}

/** The prices of the parameters come before those of the table. */
function priceFor(
  version: string,
  requested: string,
  { inputTokenPrice, outputTokenPrice }: Prices,
  date: Date,
) {
  const listed = priceOf(version, 'standard', date) ?? priceOf(requested, 'standard', date)
  const input = inputTokenPrice ?? listed?.input
  const output = outputTokenPrice ?? listed?.output
  return input === undefined || output === undefined ? undefined : { input, output }
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>
}
