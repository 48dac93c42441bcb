import type { Annotation, Photo } from '../../../functions/src/document/annotation.ts'
import { isToDelete, type ResultsToDelete } from '../../../functions/src/document/claim.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { Failure, type Flow, io } from '../flow.ts'
import { ABOUT, type Content, photoOf, type World } from '../world.ts'
import { POINTS } from './points.ts'

// stores/cloud-storage-photos.ts over a bucket that, as the emulator's, gives whatever is there now.

export function* readUpload(photo: Photo, world: World): Flow<Content> {
  yield* io(POINTS.compare, () => checkLive(photo, world))
  const content = yield* io(POINTS.readObject, () => world.object?.content)
  if (world.mechanisms.comparesAfterRead) yield* io(POINTS.compare, () => checkLive(photo, world))
  if (!content) throw new Failure('object-gone')
  yield* io(content.kind === 'deadly' ? POINTS.fatalDecode : POINTS.decode, () => undefined)
  if (content.kind === 'no-picture') throw new Failure('unsupported-type')
  return content
}

function checkLive(photo: Photo, { object }: World): void {
  if (!object) throw new Failure('object-gone')
  if (object.generation !== photo.generation) throw new Failure('object-superseded')
}

const { home: HOME } = resultPaths({ ...ABOUT, generation: '' })

export function* deleteResults(photo: Photo, which: ResultsToDelete, world: World): Flow<void> {
  const paths = yield* io(POINTS.listFiles, () => [...world.files.keys()])
  for (const path of paths) {
    if (isToDelete(path.slice(HOME.length), photo, which))
      yield* io(POINTS.deleteFile, () => world.deleteFile(path))
  }
}

/** The files that are drawn of an answer; answers differ in how many objects they have. */
export function drawnFiles(
  answer: string,
  generation: string,
  answerId: string,
): [path: string, content: string][] {
  const paths = resultPaths(photoOf(generation)).answer(answerId)
  const files: [string, string][] = [[paths.overlay, answer]]
  const masks = Number(answer.at(-1))
  for (let index = 0; index < masks; index++) files.push([paths.mask(index), answer])
  return files
}

/** The files that a document refers to, each with the answer that it should show; undefined where any will do. */
export function referredFiles(document: Annotation): Map<string, string | undefined> {
  const files = new Map<string, string | undefined>()
  const { answerId } = document.steps.locate
  if (answerId) files.set(resultPaths(photoOf(document.generation)).answer(answerId).text, undefined)
  if (document.preview) files.set(document.preview.path, undefined)
  if (!document.overlay) return files
  const answer = document.objects?.[0]?.label
  files.set(document.overlay.path, answer)
  for (const { mask } of document.objects ?? []) if (mask) files.set(mask.path, answer)
  return files
}
