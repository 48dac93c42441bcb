import type { Firesight, ImageInput, Turn } from '@firesight/client'

/** The largest number of earlier turns in a call. */
const MAX_TURNS = 20

/** A conversation about the same images: each call includes the earlier turns. */
export function conversation(
  firesight: Firesight,
  images: readonly ImageInput[],
): (question: string) => Promise<string> {
  const history: Turn[] = []
  return async (question) => {
    const { answer } = await firesight.answerQuestion({
      images,
      question,
      history: history.slice(-MAX_TURNS),
    })
    history.push({ role: 'user', text: question }, { role: 'model', text: answer })
    return answer
  }
}
