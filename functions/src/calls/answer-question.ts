import type { z } from 'zod'
import type { AnswerQuestionResult, answerQuestionRequest } from '../api/answer-question.ts'
import type { Config } from '../config.ts'
import { VisionError } from '../errors.ts'
import { ask, mayDiffer } from '../gemini/ask.ts'
import { addUsage, NO_USAGE } from '../gemini/usage.ts'
import type { ModelAnswer, ModelRequest } from '../gemini/vision-model.ts'
import { type Meter, spend } from '../quota/spend.ts'
import type { Services } from '../services.ts'
import { questionRequest } from '../tasks/answer-question.ts'
import { AnswerText } from '../tasks/answer-text.ts'
import { type Caller, forCaller } from './caller.ts'
import { estimateCall, estimateRequest } from './estimate.ts'
import { allowImages, loadImages } from './load-images.ts'

const EXPECTED_OUTPUT_TOKENS = 500

/** Takes a piece of the answer, plain text, in order; the pieces together are the answer. */
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
    const request = forCaller(questionRequest(prepared, question, history, model), caller)
    const answered = tell
      ? await tellAnswer(request, caller, services, meter, tell)
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
): Promise<Answered> {
  let usage = NO_USAGE
  for (let attempt = 1; ; attempt++) {
    const text = new AnswerText()
    const settle = async (news: string) => {
      if (news !== '') await tell(news)
    }
    const answer = await model.stream(request, async (piece) => settle(text.push(piece)), signal)
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
  }
}

function nothingToTell(): VisionError {
  return new VisionError('answer-empty', 'The answer holds nothing that can be read')
}
