import { z } from 'zod'
import { parse } from '../answers/json-pieces.ts'
import type { Photo } from '../document/annotation.ts'
import { resultPaths } from '../document/storage-paths.ts'
import type { Services } from '../ports/services.ts'
import type { AnswerText } from '../tasks/locate/read-location.ts'

const schema = z.object({ answers: z.array(z.object({ text: z.string(), truncated: z.boolean() })).min(1) })

/**
 * Stores the answers of the locate step, so that a later delivery does not request them again. They may be
 * larger than a document, so they are a file.
 * @param id the unique id of the answers, which names their folder: a worker that has lost its claim cannot
 *   overwrite another worker's file
 */
export async function saveAnswers(
  answers: readonly AnswerText[],
  photo: Photo,
  id: string,
  { photos }: Pick<Services, 'photos'>,
): Promise<void> {
  const stored: z.infer<typeof schema> = {
    answers: answers.map(({ text, truncated }) => ({ text, truncated })),
  }
  const bytes = Buffer.from(JSON.stringify(stored))
  await photos.writeResult(photo, resultPaths(photo).answer(id).text, bytes, 'application/json')
}

/** @returns undefined if the file is missing or damaged: then the model is asked again */
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
