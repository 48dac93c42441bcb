import type { Photo } from '../../../functions/src/annotations/annotation.ts'
import type { Again } from '../../../functions/src/annotations/claim.ts'
import { Failure, type Flow, io } from '../flow.ts'
import type { World } from '../world.ts'
import { remove } from './documents.ts'
import { deleteResults, drawnFiles, readUpload } from './files.ts'
import { POINTS } from './points.ts'
import { askModel, objectsOf } from './steps.ts'
import { isClaimLost, type Outcome, openWork, Work } from './work.ts'

// functions/src/annotate-image.ts, with a point wherever that waits.

export type Occasion = {
  again?: Again | undefined
  eventId?: string | undefined
  /** Its event will not come again. */
  isLast?: boolean
}

export function* annotateImage(photo: Photo, world: World, occasion: Occasion): Flow<Outcome> {
  const { again, eventId } = occasion
  const work = yield* openWork(photo, world, again, eventId)
  if (!(work instanceof Work)) return work
  try {
    yield* deleteResults(photo, 'older', world)
    const content = yield* readUpload(photo, world)
    yield* work.checkpoint({})
    const { status, error, located } = yield* askModel(content, work, world)
    const files = located && drawnFiles(located.answer, photo.generation, located.answerId, world)
    yield* work.checkpoint({}, POINTS.fence)
    for (const [path, shown] of files ?? []) yield* io(POINTS.writeDrawn, () => world.writeFile(path, shown))
    const steps = { ...work.steps, draw: { state: 'succeeded' } } as const
    const overlay = files && { path: files[0]![0], contentType: 'image/png' as const, width: 1, height: 1 }
    const results = files ? { overlay, objects: objectsOf(files), steps } : { steps }
    return yield* work.finish({ status, error, results })
  } catch (error) {
    return yield* endWork(error, work, world, occasion)
  }
}

export function* removeAnnotation(photo: Photo, world: World): Flow<void> {
  yield* io(POINTS.tombstone, () => remove(world, photo))
  yield* deleteResults(photo, 'older-and-this', world)
}

function* endWork(error: unknown, work: Work, world: World, { again, isLast }: Occasion): Flow<Outcome> {
  const failure = error instanceof Failure ? error : undefined
  try {
    if (failure?.code === 'claim-lost') return { ended: 'skipped', reason: 'claim-lost' }
    if (failure?.code === 'object-gone') {
      yield* removeAnnotation(work.photo, world)
      return { ended: 'finished', status: 'deleted' }
    }
    if (failure && DEFERRING.has(failure.code)) return yield* work.defer(failure)
    if (failure?.retryable && ((again && work.wasDeferred) || isLast)) return yield* work.defer(failure)
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

/** Refused by our own allowance, or no use before somebody has done something about it. */
const DEFERRING = new Set<string>([
  'tokens-exceeded',
  'model-budget-spent',
  'model-day-limit',
  'model-misconfigured',
  'model-not-found',
])
