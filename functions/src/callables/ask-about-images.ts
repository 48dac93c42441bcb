import type { ImageRef } from '../api/image-ref.ts'
import type { Account } from '../api/results.ts'
import type { Config } from '../config/config.ts'
import { type Task, type TaskModel, taskModel } from '../config/task-model.ts'
import type { Usage } from '../document/usage.ts'
import type { PreparedImage } from '../image/prepare.ts'
import { HEIF_TYPES } from '../image/sniff.ts'
import { type Asked, ask, mostTokens, type OutputTokens, type Question } from '../model/ask.ts'
import { estimatePromptTokens, mostImageTokens } from '../model/tokens.ts'
import type { ModelAnswer, ModelRequest } from '../ports/vision-model.ts'
import { type Meter, spend } from '../quota/spend.ts'
import type { CallContext } from './callable-frame.ts'
import { allowImages, type LoadedImage, loadImages, readAhead } from './load-images.ts'

/**
 * A caller is waiting: if the model asks for a longer pause, or other calls of the user hold the allowance for
 * longer, the call fails with `retryAfterMs`.
 */
const MAX_WAIT_MS = 5000
/** Tokens of the system instruction, the prompt, the schema and the image numbers, rounded up. */
const PROMPT_TOKENS = 500

export type ImageCall<T> = {
  images: readonly ImageRef[]
  task: Task
  /** What the caller wrote, for the estimate. */
  texts: readonly string[]
  /** Of a typical answer. Requests allow at least these. */
  expectedOutputTokens: number
  /** Of the longest answers that its requests allow. */
  outputTokens: (model: TaskModel) => OutputTokens
  question: (images: LoadedImage[], model: TaskModel) => Question<T>
  /** Sends the question and adds the usage of every answer to the meter. The default is `ask`. */
  send?: (question: Question<T>, meter: Meter, estimatedPromptTokens: number) => Promise<Asked<T>>
}

export type ImageAnswer<T> = {
  value: T
  answers: ModelAnswer[]
  images: LoadedImage[]
  account: Account
}

/**
 * The steps of every callable that asks the model about images: check the references, reserve the estimated
 * tokens, load and prepare the images, ask, settle the tokens used.
 * @throws VisionError as `allowImages`, `spend`, `loadImages` and the model
 */
export async function askAboutImages<T>(context: CallContext, call: ImageCall<T>): Promise<ImageAnswer<T>> {
  const { uid, account: accountClass, services, config } = context
  const allowed = allowImages(call.images, context)
  const model = taskModel(config, call.task)
  const { expectedOutputTokens } = call
  const promptTokens = estimateCall(call, model, config)
  const need = {
    least: promptTokens + expectedOutputTokens,
    most: mostTokens(promptTokens, call.outputTokens(model)),
  }
  const spender = { uid, account: accountClass, kind: 'call' } as const
  // While the tokens are reserved. A failure is thrown below.
  const reading = readAhead(allowed, spender, need.least, context)
  services.preload?.()
  const run = async (meter: Meter, grantedTokens: number) => {
    await reading.ended
    services.model.warmUp?.(model.model)
    const images = await loadImages(allowed, reading, context, (index) =>
      meter.startDecoding(mostImageTokens(model, config, mayBeHeif(call.images[index]!))),
    )
    const outputLimit = ({ totalTokens }: Usage) =>
      Math.max(expectedOutputTokens, grantedTokens - promptTokens - totalTokens)
    const question = { ...forCaller(call.question(images, model), uid, meter), outputLimit }
    const estimatedPromptTokens = estimateRequest(question.request, images, model)
    const asked = call.send
      ? await call.send(question, meter, estimatedPromptTokens)
      : await askMetered(question, context, meter)
    if ('failure' in asked) throw asked.failure
    const { value, answers, model: answering, usage } = asked
    return { value, answers, images, account: { model: answering, usage, estimatedPromptTokens } }
  }
  try {
    return await spend(spender, need, services, config, run, {
      waitMs: MAX_WAIT_MS,
      signal: context.signal,
    })
  } finally {
    await reading.ended
  }
}

async function askMetered<T>(
  question: Question<T>,
  { signal, services }: CallContext,
  meter: Meter,
): Promise<Asked<T>> {
  const asked = await ask(services.model, question, signal)
  meter.add(asked.usage)
  return asked
}

export function preparedOf(images: readonly LoadedImage[]): PreparedImage[] {
  return images.map(({ prepared }) => prepared)
}

function forCaller<T>(question: Question<T>, uid: string, meter: Meter): Question<T> {
  const complete = (request: ModelRequest): ModelRequest => ({
    ...request,
    owner: uid,
    maxWaitMs: MAX_WAIT_MS,
    attempts: meter,
  })
  const { request, again } = question
  return { ...question, request: complete(request), ...(again && { again: complete(again) }) }
}

/** The most that the prompt of a call is likely to use, before any image was read. */
function estimateCall<T>({ images, texts }: ImageCall<T>, model: TaskModel, config: Config): number {
  const text = estimatePromptTokens({ images: [], texts }, model)
  const imageTokens = images.map((reference) => mostImageTokens(model, config, mayBeHeif(reference)))
  return imageTokens.reduce((sum, tokens) => sum + tokens, text) + PROMPT_TOKENS
}

/** A false name or type only changes the estimate: the tokens used are settled at the end. */
function mayBeHeif(reference: ImageRef): boolean {
  if ('inlineData' in reference) return HEIF_TYPES.has(reference.inlineData.mimeType)
  return /\.(hei[cf]|hif)$/i.test('path' in reference ? reference.path : reference.url)
}

/** The tokens of a prompt by Google's published rules. */
function estimateRequest(request: ModelRequest, images: readonly LoadedImage[], model: TaskModel): number {
  const prompt = request.parts.flatMap((part) => ('text' in part ? [part.text] : []))
  const followUps = (request.followUps ?? []).map(({ text }) => text)
  const schema = request.json?.schema ? [JSON.stringify(request.json.schema)] : []
  const texts = [request.systemInstruction, ...prompt, ...followUps, ...schema]
  return estimatePromptTokens({ images: preparedOf(images), texts }, model)
}
