import { once } from 'node:events'
import type { z } from 'zod'
import type { AnswerQuestionResult, answerQuestionRequest } from '../api/answer-question.ts'
import type { Config } from '../config/config.ts'
import { addUsage, NO_USAGE } from '../document/usage.ts'
import { VisionError } from '../errors.ts'
import { ask, askOtherwise, mayDiffer } from '../model/ask.ts'
import { estimateTextTokens } from '../model/tokens.ts'
import type { Services } from '../ports/services.ts'
import type { ModelAnswer, ModelRequest } from '../ports/vision-model.ts'
import { type Meter, spend } from '../quota/spend.ts'
import { questionRequest } from '../tasks/answer-question.ts'
import { AnswerText } from '../tasks/answer-text.ts'
import { type Caller, forCaller } from './caller.ts'
import { estimateCall, estimateRequest } from './estimate.ts'
import { allowImages, loadImages } from './load-images.ts'

const EXPECTED_OUTPUT_TOKENS = 500

/** Takes a piece of the answer, plain text, in order; the pieces together are the answer. It rejects when the caller is gone. */
export type Tell = (text: string) => void | Promise<void>

/**
 * Answers a question about images.
 * @param tell without it the answer comes whole
 * @throws VisionError as `allowImages`, `spend`, `loadImages` and the model; if pieces were told before, they are no answer
 */
export async function answerQuestion(
  { images: given, question, history = [] }: z.output<typeof answerQuestionRequest>,
  caller: Caller,
  services: Services,
  config: Config,
  tell?: Tell,
): Promise<AnswerQuestionResult> {
  const allowed = allowImages([given].flat(), caller, services, config)
  const model = config.answerModel
  const texts = [question, ...history.map(({ text }) => text)]
  const estimate = estimateCall(
    { model, images: allowed.length, texts, outputTokens: EXPECTED_OUTPUT_TOKENS },
    config,
  )
  return spend({ uid: caller.uid, kind: 'call' }, estimate, services, config, async (meter) => {
    const images = await loadImages(allowed, caller, services, config)
    const prepared = images.map((image) => image.prepared)
    const request = forCaller(questionRequest(prepared, question, history, model), caller, meter)
    const answered = tell
      ? await tellAnswer(request, caller, services, meter, tell, estimateRequest(request, images))
      : await wholeAnswer(request, caller, services, meter)
    return { ...answered, estimatedPromptTokens: estimateRequest(request, images) }
  })
}

type Answered = Omit<AnswerQuestionResult, 'estimatedPromptTokens'>

async function wholeAnswer(
  request: ModelRequest,
  { signal }: Caller,
  { model }: Services,
  meter: Meter,
): Promise<Answered> {
  const read = (answers: readonly ModelAnswer[]) => {
    const { text, truncated } = answers.at(-1)!
    const answer = new AnswerText()
    answer.push(text)
    answer.end()
    if (answer.text === '') throw nothingToTell()
    return { answer: answer.text, truncated: truncated || answer.truncated }
  }
  const asked = await ask(model, { request, read }, signal)
  meter.add(asked.usage)
  if ('failure' in asked) throw asked.failure
  return { ...asked.value, model: asked.model, usage: asked.usage }
}

/** As `ask`, an answer that is none is asked for once more: unless some of it was told already. */
async function tellAnswer(
  request: ModelRequest,
  { signal }: Caller,
  { model }: Services,
  meter: Meter,
  tell: Tell,
  promptTokens: number,
): Promise<Answered> {
  let usage = NO_USAGE
  let asking = request
  for (let attempt = 1; ; attempt++) {
    const text = new AnswerText()
    const settle = async (news: string) => {
      // A piece for a closed connection may never count as written.
      if (news !== '') await unlessAborted(tryTelling(tell, news), signal)
    }
    let written = ''
    const onText = async (piece: string) => {
      written += piece
      await settle(text.push(piece))
    }
    const answer = await model.stream(asking, onText, signal).catch((error: unknown) => {
      // Nobody tells what an answer took that was broken off, nor how much more of it was written.
      const outputTokens = Math.max(estimateTextTokens(written), EXPECTED_OUTPUT_TOKENS)
      if (written !== '') meter.add({ totalTokens: promptTokens + outputTokens })
      throw error
    })
    usage = addUsage(usage, answer.usage)
    meter.add(answer.usage)
    if (!answer.failure) await settle(text.end())
    const failure = answer.failure ?? (text.text === '' ? nothingToTell() : undefined)
    if (!failure) {
      const truncated = answer.truncated || text.truncated
      return { answer: text.text, truncated, model: answer.model, usage }
    }
    const again = attempt === 1 && text.text === '' && mayDiffer(failure)
    if (!again) throw failure
    asking = askOtherwise(request, answer)
  }
}

async function tryTelling(tell: Tell, news: string): Promise<void> {
  try {
    await tell(news)
  } catch (cause) {
    // The connection broke, and the SDK has not seen it yet.
    throw new VisionError('cancelled', 'The caller went away', { cause })
  }
}

/** @throws the signal's reason as soon as it is aborted */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const ended = new AbortController()
  try {
    const aborted = once(signal, 'abort', { signal: ended.signal }).then(() => signal.throwIfAborted())
    aborted.catch(() => undefined) // Also when the work was quicker.
    await Promise.race([work, aborted])
  } finally {
    ended.abort()
  }
}

function nothingToTell(): VisionError {
  return new VisionError('answer-empty', 'The answer holds nothing that can be read')
}
