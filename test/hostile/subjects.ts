import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sniffFormat } from '../../functions/src/image/sniff.ts'
import { corporaFolder } from './corpora.ts'
import { corpusSubjects } from './corpus-files.ts'
import { pictureFamilies } from './pictures/pictures.ts'
import type { Subject } from './trial.ts'

/** Every picture that is made here, with HEIC off and on. */
export function pictureSubjects(): Subject[] {
  return [false, true].flatMap((heicEnabled) =>
    Object.entries(pictureFamilies).flatMap(([family, pictures]) =>
      pictures.map((picture): Subject => {
        const expected = (heicEnabled && picture.withHeic) || picture.expected
        return { ...picture, family, heicEnabled, expected }
      }),
    ),
  )
}

/** Every file of the corpora, and of the folder that FIRESIGHT_CORPUS names. */
export function corporaSubjects(own = process.env.FIRESIGHT_CORPUS): Subject[] {
  const packages = existsSync(corporaFolder) ? readdirSync(corporaFolder).toSorted() : []
  const folders = [...packages.map((name) => join(corporaFolder, name)), ...(own ? [own] : [])]
  if (own && !existsSync(own)) throw new Error(`FIRESIGHT_CORPUS names ${own}, which does not exist`)
  const known = new Set<string>()
  return folders.flatMap((folder) => corpusSubjects(folder, basename(folder), known))
}

/** The same with HEIC on, of those to which it makes a difference. */
export async function withHeic(subjects: readonly Subject[]): Promise<Subject[]> {
  const files = await Promise.all(
    subjects.map(async (subject) => ({ subject, format: sniffFormat(await subject.make()) })),
  )
  return files
    .filter(({ format }) => format === 'heic' || format === 'heif')
    .map(({ subject }) => ({ ...subject, heicEnabled: true }))
}
