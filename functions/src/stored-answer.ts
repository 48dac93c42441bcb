import { z } from 'zod'
import type { Photo } from './annotations/annotation.ts'
import type { ModelAnswer } from './gemini/vision-model.ts'
import type { Services } from './services.ts'
import { resultPaths } from './upload-path.ts'

/** The words of an answer, as far as its reading needs them. */
export type AnswerText = Pick<ModelAnswer, 'text' | 'truncated'>

const schema = z.object({ text: z.string(), truncated: z.boolean() })

/**
 * Keeps the answer that the objects are read from, so that a later delivery draws from it rather than pay again. A file, since
 * masks may be larger than a document.
 */
export async function saveAnswer(
  { text, truncated }: AnswerText,
  photo: Photo,
  { photos }: Services,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ text, truncated } satisfies AnswerText))
  await photos.writeResult(photo, resultPaths(photo).answer, bytes, 'application/json')
}

/** @returns undefined when there is none (any more): then the model is asked again */
export async function loadAnswer(photo: Photo, { photos }: Services): Promise<AnswerText | undefined> {
  const bytes = await photos.readResult(photo, resultPaths(photo).answer)
  return bytes && schema.parse(JSON.parse(bytes.toString()))
}
