import { once } from 'node:events'
import type { z } from 'zod'
import { type AnswerQuestionResult, answerQuestionRequest } from '../api/answer-question.ts'
import { CALL_WORK_MS } from '../config/time-limits.ts'
import { addUsage, NO_USAGE } from '../document/usage.ts'
import { VisionError } from '../errors.ts'
import {
  type Asked,
  limitOutput,
  mayDiffer,
  type Question,
  repeatsInstruction,
  variedRequest,
} from '../model/ask.ts'
import { SystemText } from '../model/system-text.ts'
import { estimateTextTokens } from '../model/tokens.ts'
import type { Services } from '../ports/services.ts'
import type { ModelAnswer } from '../ports/vision-model.ts'
import type { Meter } from '../quota/spend.ts'
import { ANSWER_OUTPUT_TOKENS, questionRequest, StreamedAnswer } from '../tasks/answer-question.ts'
import { askAboutImages, preparedOf } from './ask-about-images.ts'
import { type CallContext, type Caller, callableHandler } from './callable-frame.ts'

const EXPECTED_OUTPUT_TOKENS = 500

/** Characters of a stream in which a new piece can complete a part of the system instruction. */
const RECENT_LENGTH = 400

type Answer = { answer: string; truncated: boolean }
type OnText = NonNullable<Caller['onText']>

export const handleAnswerQuestion = callableHandler(
  { name: 'answerQuestion', request: answerQuestionRequest, timeoutMs: CALL_WORK_MS, expensive: true },
  answerQuestion,
)

/**
 * Answers a question about images. With `onText` the answer is streamed: its pieces are no answer if the call
 * fails.
 */
export async function answerQuestion(
  { images, question, history = [] }: z.output<typeof answerQuestionRequest>,
  context: CallContext,
): Promise<AnswerQuestionResult> {
  const { onText, signal, services } = context
  const { value, account } = await askAboutImages<Answer>(context, {
    images: [images].flat(),
    task: 'answer',
    texts: [question, ...history.map(({ text }) => text)],
    expectedOutputTokens: EXPECTED_OUTPUT_TOKENS,
    outputTokens: () => ({ first: ANSWER_OUTPUT_TOKENS }),
    question: (loaded, model) => ({
      request: questionRequest(preparedOf(loaded), question, history, model),
      read: (answers) => readAnswer(answers.at(-1)!),
    }),
    ...(onText && { send: async (...asked) => streamAnswer(...asked, onText, signal, services) }),
  })
  return { ...value, ...account }
}

function readAnswer({ text, truncated }: ModelAnswer): Answer {
  const answer = new StreamedAnswer()
  answer.push(text)
  answer.end()
  if (answer.text === '') throw emptyAnswer()
  return { answer: answer.text, truncated: truncated || answer.truncated }
}

/** Like `ask`, requests an unusable answer once more, unless text was already sent to the client. */
async function streamAnswer(
  question: Question<Answer>,
  meter: Meter,
  promptTokens: number,
  onText: OnText,
  signal: AbortSignal,
  { model }: Services,
): Promise<Asked<Answer>> {
  const instruction = new SystemText(question.request.systemInstruction)
  let usage = NO_USAGE
  let attempted = limitOutput(question.request, question, usage)
  for (let attempt = 1; ; attempt++) {
    const text = new StreamedAnswer()
    const send = async (delta: string) => {
      // The callback of a write to a closed connection may never run.
      if (delta !== '') await unlessAborted(sendText(onText, delta), signal)
    }
    let written = ''
    const stream = model.stream(attempted, signal)
    let answer: ModelAnswer
    try {
      let next = await stream.next()
      for (; !next.done; next = await stream.next()) {
        written += next.value
        if (instruction.isIn(written.slice(-next.value.length - RECENT_LENGTH))) throw repeatsInstruction()
        await send(text.push(next.value))
      }
      answer = next.value
    } catch (error) {
      // A broken stream reports no usage, and the model may have written more than arrived.
      const outputTokens = Math.max(estimateTextTokens(written), EXPECTED_OUTPUT_TOKENS)
      if (written !== '') meter.add({ totalTokens: promptTokens + outputTokens })
      // Ends the request if the caller has left.
      await stream.return(undefined as never)
      throw error
    }
    usage = addUsage(usage, answer.usage)
    meter.add(answer.usage)
    if (instruction.isIn(written)) throw repeatsInstruction()
    if (!answer.failure) await send(text.end())
    const failure = answer.failure ?? (text.text === '' ? emptyAnswer() : undefined)
    if (!failure) {
      const value = { answer: text.text, truncated: answer.truncated || text.truncated }
      return { value, answers: [answer], model: answer.model, usage }
    }
    const again = attempt === 1 && text.text === '' && mayDiffer(failure)
    if (!again) return { failure, model: answer.model, usage }
    attempted = limitOutput(variedRequest(question.request, answer), question, usage)
  }
}

async function sendText(onText: OnText, delta: string): Promise<void> {
  try {
    await onText(delta)
  } catch (cause) {
    // The connection broke, and the SDK has not noticed yet.
    throw new VisionError('cancelled', 'The client disconnected', { cause })
  }
}

/** @throws the signal's reason as soon as it is aborted */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const ended = new AbortController()
  try {
    const aborted = once(signal, 'abort', { signal: ended.signal }).then(() => signal.throwIfAborted())
    aborted.catch(() => undefined) // Also handled if `work` settles first.
    await Promise.race([work, aborted])
  } finally {
    ended.abort()
  }
}

function emptyAnswer(): VisionError {
  return new VisionError('answer-empty', 'The answer contains no readable text')
}
