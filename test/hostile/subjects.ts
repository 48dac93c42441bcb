import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { sniffFormat } from '../../functions/src/image/sniff.ts'
import { type AnswerCase, unless } from './answer-case.ts'
import { answerFamilies } from './answers/answers.ts'
import { corporaFolder } from './corpora.ts'
import { corpusSubjects } from './corpus-files.ts'
import { flatJpeg } from './pictures/flat-jpeg.ts'
import { pictureFamilies } from './pictures/pictures.ts'
import type { Subject } from './trial.ts'

/** All generated images with HEIC=off, and those of HEIC and HEIF with the other values of HEIC. */
export function pictureSubjects(): Subject[] {
  return Object.entries(pictureFamilies).flatMap(([family, pictures]) =>
    pictures.flatMap(({ heic: ends, ...picture }): Subject[] => {
      const others = (['original', 'decode'] as const).flatMap((heic): Subject[] =>
        ends ? [{ ...picture, family, heic, expected: ends[heic] }] : [],
      )
      return [{ ...picture, family, heic: 'off' }, ...others]
    }),
  )
}

const PHOTO = flatJpeg({ width: 640, height: 480 })

/** An ordinary photo for each answer. */
export function answerSubjects(): Subject[] {
  return Object.entries(answerFamilies).flatMap(([family, answers]) =>
    answers.map(
      (answer): Subject => ({
        ...answer,
        family,
        heic: 'off',
        make: () => PHOTO,
        check: ({ document }) => answerComplaints(answer, document as unknown as Annotation),
      }),
    ),
  )
}

function answerComplaints({ objects, dropped, check }: AnswerCase, annotation: Annotation): string[] {
  const found = annotation.objects?.length
  const reasons = JSON.stringify(annotation.dropped?.reasons)
  return [
    ...unless(objects === undefined || found === objects, `it has ${found} objects instead of ${objects}`),
    ...unless(dropped === undefined || reasons === JSON.stringify(dropped), `it dropped ${reasons}`),
    ...(check?.(annotation) ?? []),
  ]
}

/** All files of the corpora, and of the folder in FIRESIGHT_CORPUS. */
export function corporaSubjects(own = process.env.FIRESIGHT_CORPUS): Subject[] {
  const packages = existsSync(corporaFolder) ? readdirSync(corporaFolder).toSorted() : []
  const folders = [...packages.map((name) => join(corporaFolder, name)), ...(own ? [own] : [])]
  if (own && !existsSync(own)) throw new Error(`FIRESIGHT_CORPUS names ${own}, which does not exist`)
  const known = new Set<string>()
  return folders.flatMap((folder) => corpusSubjects(folder, basename(folder), known))
}

/** The HEIC and HEIF files, with another value of HEIC. */
export async function withHeic(
  subjects: readonly Subject[],
  heic: 'original' | 'decode',
): Promise<Subject[]> {
  const files = await Promise.all(
    subjects.map(async (subject) => ({ subject, format: sniffFormat(await subject.make()) })),
  )
  return files
    .filter(({ format }) => format === 'heic' || format === 'heif')
    .map(({ subject }) => ({ ...subject, heic }))
}
