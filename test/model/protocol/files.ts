import type { Photo } from '../../../functions/src/annotations/annotation.ts'
import { type Condemned, isCondemned } from '../../../functions/src/annotations/claim.ts'
import { Failure, type Flow, io } from '../flow.ts'
import type { Content, Document, World } from '../world.ts'
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

export function* deleteResults(photo: Photo, which: Condemned, world: World): Flow<void> {
  const paths = yield* io(POINTS.listFiles, () => [...world.files.keys()])
  for (const path of paths) {
    if (isCondemned(path, photo, which)) yield* io(POINTS.deleteFile, () => world.deleteFile(path))
  }
}

/** An answer, `{content}/{number}`, and the file that keeps it. */
export function answerPath(generation: string, answerId: string, { mechanisms }: World): string {
  return `${generation}/${mechanisms.answerFiles === 'by-answer' ? `${answerId}/` : ''}answer.json`
}

/** The files that are drawn of an answer; answers differ in how many objects they have. */
export function drawnFiles(
  answer: string,
  generation: string,
  answerId: string,
  { mechanisms }: World,
): [path: string, content: string][] {
  const folder = mechanisms.drawnFiles === 'by-answer' ? `${generation}/${answerId}` : generation
  const files: [string, string][] = [[`${folder}/overlay.png`, answer]]
  const masks = Number(answer.at(-1))
  for (let index = 0; index < masks; index++) files.push([`${folder}/masks/${index}.png`, answer])
  return files
}

/** The files that a document refers to, each with the answer that it should show; undefined where any will do. */
export function referredFiles(document: Document, world: World): Map<string, string | undefined> {
  const files = new Map<string, string | undefined>()
  const { answerId } = document.steps.locate
  if (answerId) files.set(answerPath(document.generation, answerId, world), undefined)
  if (!document.overlay) return files
  const answer = document.objects?.[0]?.label
  files.set(document.overlay.path, answer)
  for (const { mask } of document.objects ?? []) if (mask) files.set(mask.path, answer)
  return files
}
