import { NO_USAGE } from '../../functions/src/document/usage.ts'
import { VisionError } from '../../functions/src/errors.ts'
import {
  type ModelAnswer,
  ModelFailure,
  type ModelRequest,
  type VisionModel,
} from '../../functions/src/ports/vision-model.ts'

export const DESCRIPTION = {
  caption: 'A red ball.',
  altText: 'A red ball on grass.',
  labels: ['ball', 'grass'],
  text: '',
}
export const OBJECTS = [
  {
    box_2d: [250, 250, 750, 750],
    label: 'ball',
    mask: [
      [250, 250],
      [750, 250],
      [750, 750],
      [250, 750],
    ],
  },
]

type Reply = unknown[] | object | string | Cut | VisionError | (() => Promise<unknown>)

/** An answer that ended at the token limit. */
export class Cut {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * A model that answers from two lists, one for each task; the last reply is repeated. A VisionError
 * `blocked-*` or `answer-*` is returned as an answer without text; any other is thrown.
 */
export function scriptedModel(replies: { describe?: Reply[]; locate?: Reply[] } = {}) {
  const left = { describe: replies.describe ?? [DESCRIPTION], locate: replies.locate ?? [OBJECTS] }
  const requests: { task: 'describe' | 'locate'; request: ModelRequest }[] = []
  const model: VisionModel = {
    provider: 'gemini-api',
    async *stream(request, signal) {
      const answer = await model.generate(request, signal)
      if (answer.text !== '') yield answer.text
      return answer
    },
    async generate(request) {
      const task = request.systemInstruction.startsWith('You describe') ? 'describe' : 'locate'
      const refusal = await request.attempts?.begin()
      if (refusal) throw refusal
      requests.push({ task, request })
      const replyList = left[task]
      let reply: unknown = replyList.length > 1 ? replyList.shift() : replyList[0]
      if (typeof reply === 'function') {
        reply = await (reply as () => Promise<unknown>)().catch((error: unknown) => {
          if (error instanceof ModelFailure) request.attempts?.settle(error)
          throw error
        })
      }
      request.attempts?.settle(reply instanceof ModelFailure ? reply : undefined)
      const usage = { ...NO_USAGE, promptTokens: 300, outputTokens: 20, totalTokens: 320, calls: 1 }
      const about = {
        truncated: false,
        model: { provider: 'gemini-api', requested: request.model, version: `${request.model}-001` },
        usage,
      } as const
      if (reply instanceof VisionError) {
        if (reply.code.startsWith('model-')) throw reply
        return { ...about, text: '', failure: reply } satisfies ModelAnswer
      }
      if (reply instanceof Cut) return { ...about, text: reply.text, truncated: true }
      return { ...about, text: typeof reply === 'string' ? reply : JSON.stringify(reply) }
    },
  }
  return { model, requests }
}
