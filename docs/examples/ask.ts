import type { AnswerQuestionResult, Firesight, ImageInput } from '@firesight/client'

/** Shows the answer as it comes, and gives it as a whole. Aborting the signal ends the call, and the model's work with it. */
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
