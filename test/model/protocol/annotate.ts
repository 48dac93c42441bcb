import type { Photo } from '../../../functions/src/document/annotation.ts'
import { resultPaths } from '../../../functions/src/document/storage-paths.ts'
import { isOutOfService, isRefusal } from '../../../functions/src/quota/refusal.ts'
import { Failure, type Flow, io } from '../flow.ts'
import type { Content, World } from '../world.ts'
import { remove } from './documents.ts'
import { deleteResults, drawnFiles, readUpload } from './files.ts'
import { POINTS } from './points.ts'
import { askModel, type Located, objectsOf } from './steps.ts'
import { type Changes, isClaimLost, type Outcome, type RunTrigger, startRun, Work } from './work.ts'

// functions/src/annotate-image.ts, with a point wherever that waits.

export function* annotateImage(photo: Photo, world: World, occasion: RunTrigger): Flow<Outcome> {
  const work = yield* startRun(photo, world, occasion)
  if (!(work instanceof Work)) return work
  try {
    yield* deleteResults(photo, 'older', world)
    const content = yield* readUpload(photo, world)
    yield* work.checkpoint({})
    const { status, error, located } = yield* askModel(content, work, world)
    yield* work.checkpoint({}, POINTS.fence)
    const results = yield* storeResults(content, located, work, world)
    const steps = { ...work.steps, draw: { state: 'succeeded' } } as const
    return yield* work.finish({ status, error, results: { ...results, steps } })
  } catch (error) {
    return yield* endWork(error, work, world, occasion)
  }
}

/** results.ts: the files, then what the document should say of them. */
function* storeResults(
  content: Content,
  located: Located | undefined,
  { photo, steps }: Work,
  world: World,
): Flow<Changes> {
  const { preview } = resultPaths(photo)
  const files: [string, string][] = content.hasPreview ? [[preview, `${content.id}/preview`]] : []
  const fields: Changes = content.hasPreview ? { preview: { path: preview, width: 1, height: 1 } } : {}
  if (located) {
    const { answerId } = steps.locate
    if (answerId === undefined) throw new Error('Cannot store what was drawn: it is of no answer')
    const drawn = drawnFiles(located.answer, photo.generation, answerId)
    files.push(...drawn)
    fields.overlay = { path: drawn[0]![0], contentType: 'image/png', width: 1, height: 1 }
    fields.objects = objectsOf(drawn)
  }
  for (const [path, shown] of files) yield* io(POINTS.writeDrawn, () => world.writeFile(path, shown))
  return fields
}

export function* removeAnnotation(photo: Photo, world: World): Flow<void> {
  yield* io(POINTS.tombstone, () => remove(world, photo))
  yield* deleteResults(photo, 'older-and-this', world)
}

function* endWork(error: unknown, work: Work, world: World, { again }: RunTrigger): Flow<Outcome> {
  const failure = error instanceof Failure ? error : undefined
  try {
    if (failure?.code === 'claim-lost') return { ended: 'skipped', reason: 'claim-lost' }
    if (failure?.code === 'object-gone') {
      yield* removeAnnotation(work.photo, world)
      return { ended: 'finished', status: 'deleted' }
    }
    if (failure && (isRefusal(failure.asVisionError) || isOutOfService(failure.asVisionError)))
      return yield* work.defer(failure)
    if (failure?.retryable && ((again && work.wasDeferred) || work.isLast)) return yield* work.defer(failure)
    if (failure && !failure.retryable) {
      const status = failure.code === 'object-superseded' ? 'superseded' : 'rejected'
      return yield* work.finish({ status, error: failure })
    }
    if (work.isAwaited) {
      const ended = yield* work.finish({ status: 'failed', error: failure ?? new Failure('internal') })
      if (failure) return ended
    } else yield* work.release(failure)
    throw error
  } catch (ending) {
    if (!isClaimLost(ending)) throw ending
    return { ended: 'skipped', reason: 'claim-lost' }
  } finally {
    if (work.abandoned) yield* deleteResults(work.photo, 'older-and-this', world)
  }
}
