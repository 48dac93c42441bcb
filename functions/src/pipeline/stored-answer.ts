import { z } from 'zod'
import { parse } from '../answers/json-pieces.ts'
import type { Photo } from '../document/annotation.ts'
import { resultPaths } from '../document/storage-paths.ts'
import type { Services } from '../ports/services.ts'
import type { AnswerText } from '../tasks/locate/read-location.ts'

const schema = z.object({ answers: z.array(z.object({ text: z.string(), truncated: z.boolean() })).min(1) })

/**
 * Keeps the answers that the objects are read from, so that a later delivery draws from them rather than pay again. A file, since
 * masks may be larger than a document; in a folder of its own, so that a worker which has lost its claim writes over nobody's.
 * @returns the id by which the step names them
 */
export async function saveAnswers(
  answers: readonly AnswerText[],
  photo: Photo,
  { photos, newToken }: Services,
): Promise<string> {
  const stored: z.infer<typeof schema> = {
    answers: answers.map(({ text, truncated }) => ({ text, truncated })),
  }
  const id = newToken()
  const bytes = Buffer.from(JSON.stringify(stored))
  await photos.writeResult(photo, resultPaths(photo).answer(id).text, bytes, 'application/json')
  return id
}

/** @returns undefined when there are none (any more), or the file is damaged: then the model is asked again */
export async function loadAnswers(
  photo: Photo,
  id: string | undefined,
  { photos }: Services,
): Promise<AnswerText[] | undefined> {
  const bytes =
    id === undefined ? undefined : await photos.readResult(photo, resultPaths(photo).answer(id).text)
  const stored = bytes && parse(bytes.toString())
  return stored?.value ? schema.safeParse(stored.value).data?.answers : undefined
}
