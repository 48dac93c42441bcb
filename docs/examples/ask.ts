import type { AnswerQuestionResult, Firesight, ImageInput } from '@firesight/client'

/**
 * Streams the answer, then returns the whole result. Aborting the signal cancels the call and the model
 * request.
 */
export async function ask(
  firesight: Firesight,
  image: ImageInput,
  question: string,
  show: (text: string) => void,
  signal?: AbortSignal,
): Promise<AnswerQuestionResult> {
  const answer = firesight.answerQuestion({ images: image, question }, { signal })
  for await (const text of answer) show(text)
  return answer
}
