import { z } from 'zod'
import { imageRef, MAX_IMAGES } from './image-ref.ts'
import { accountSchema } from './results.ts'

/** Characters. */
export const MAX_QUESTION_LENGTH = 2000
export const MAX_TURNS = 20
export const MAX_TURN_LENGTH = 8000

export const questionText = z.string().trim().min(1).max(MAX_QUESTION_LENGTH)

const turn = z.strictObject({
  role: z.enum(['user', 'model']),
  text: z.string().trim().min(1).max(MAX_TURN_LENGTH),
})

export const answerQuestionRequest = z.strictObject({
  images: z.union(
    [imageRef, z.array(imageRef).min(1).max(MAX_IMAGES)],
    `must be an image or a list of 1 to ${MAX_IMAGES}, each exactly one of { path }, { inlineData: { mimeType, data } } and { url }`,
  ),
  question: questionText,
  history: z
    .array(turn)
    .max(MAX_TURNS)
    .refine(
      (turns) =>
        turns.length % 2 === 0 && turns.every(({ role }, i) => role === (i % 2 === 0 ? 'user' : 'model')),
      'must alternate between user and model, starting with user and ending with model',
    )
    .optional()
    .describe('Earlier turns about the same images, oldest first.'),
})

/** A message of a streamed call: a piece of plain text. The pieces together are `answer`. */
export const answerChunk = z.object({ text: z.string() })

export const answerQuestionResult = accountSchema.extend({
  answer: z.string().describe('Plain text. Show it as text, never as markup.'),
  truncated: z.boolean().describe('The answer reached a length limit, so its end is missing.'),
})

export type Turn = z.infer<typeof turn>
export type AnswerQuestionRequest = z.input<typeof answerQuestionRequest>
export type AnswerChunk = z.infer<typeof answerChunk>
export type AnswerQuestionResult = z.infer<typeof answerQuestionResult>
