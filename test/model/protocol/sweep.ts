import type { Annotation } from '../../../functions/src/document/annotation.ts'
import { compareGenerations } from '../../../functions/src/document/claim.ts'
import { parseResultPath } from '../../../functions/src/document/storage-paths.ts'
import { referencedFiles } from '../../../functions/src/maintenance/referenced-files.ts'
import { type Flow, io } from '../flow.ts'
import type { TaskQueue } from '../task-queue.ts'
import { ABOUT, type LiveObject, photoOf, type World } from '../world.ts'
import { annotateImage, removeAnnotation } from './annotate.ts'
import { POINTS } from './points.ts'

// functions/src/sweep, for one photo.

const HOUR_MS = 3_600_000
const UPLOAD_PATIENCE_MS = 15 * 60 * 1000
const RESULT_PATIENCE_MS = HOUR_MS

/** redrive-due.ts */
export function* redriveDue(world: World, queue: TaskQueue): Flow<void> {
  const document = yield* io(POINTS.readDocument, () => world.document)
  if (!document || !isDue(document, world)) return
  yield* queuePhoto(document.generation, `due${document.dueAt?.getTime()}`, world, queue)
}

function isDue({ dueAt }: Annotation, { mechanisms, agenda }: World): boolean {
  return mechanisms.redrivesDue && dueAt !== undefined && dueAt.getTime() <= agenda.now
}

/** queue-photo.ts */
function* queuePhoto(generation: string, state: string, world: World, queue: TaskQueue): Flow<void> {
  const hour = Math.floor(world.agenda.now / HOUR_MS)
  const isLong = world.mechanisms.taskIds === 'by-state-and-hour'
  yield* io(POINTS.enqueue, () => queue.enqueue(isLong ? `${generation}-${state}-${hour}` : generation))
}

/** walk.ts: objects, then documents. */
export function* walk(world: World, queue: TaskQueue): Flow<void> {
  yield* walkObjects(world, queue)
  const { document, object } = yield* look(world)
  if (document && document.status !== 'deleted' && !object)
    yield* removeAnnotation(photoOf(document.generation), world)
}

function* walkObjects(world: World, queue: TaskQueue): Flow<void> {
  const { upload, results } = yield* io(POINTS.listFiles, () => ({
    upload: world.object,
    results: [...world.files],
  }))
  const { now } = world.agenda
  if (upload && upload.createdAt < now - UPLOAD_PATIENCE_MS) {
    const known = yield* io(POINTS.readDocument, () => world.document)
    if (!known || compareGenerations(known.generation, upload.generation) < 0)
      yield* queuePhoto(upload.generation, 'upload', world, queue)
  }
  const { sweepsOldFilesOnly, sweepsSeenVersions } = world.mechanisms
  const old = results.filter(
    ([, { writtenAt }]) => !sweepsOldFilesOnly || writtenAt < now - RESULT_PATIENCE_MS,
  )
  if (old.length === 0) return
  const document = yield* io(POINTS.readDocument, () => world.document)
  for (const [path, { version }] of old) {
    if (isKept(path, document, world)) continue
    yield* io(POINTS.deleteFile, () => {
      if (!sweepsSeenVersions || world.files.get(path)?.version === version) world.deleteFile(path)
    })
  }
}

/** Whether a sweep would queue anything: most find nothing, and cost nothing then. */
export function hasDue(world: World): boolean {
  const { document } = world
  return document !== undefined && isDue(document, world)
}

/** Whether a walk would change anything. */
export function hasSomethingToWalk(world: World): boolean {
  const { document, object, files } = world
  if (object && (!document || compareGenerations(document.generation, object.generation) < 0)) return true
  if (!object && document && document.status !== 'deleted') return true
  for (const path of files.keys()) if (!isKept(path, document, world)) return true
  return false
}

/** annotate-queued.ts */
export function* annotateQueued(world: World, retry: boolean): Flow<void> {
  const { document, object } = yield* look(world)
  if (object) {
    const again = retry ? ('unless-succeeded' as const) : undefined
    yield* annotateImage(photoOf(object.generation), world, { again })
  } else if (document && document.status !== 'deleted') {
    yield* removeAnnotation(photoOf(document.generation), world)
  }
}

/** The document first: of what is uploaded after it was read, nothing is removed. */
function* look(world: World): Flow<{ document: Annotation | undefined; object: LiveObject | undefined }> {
  const readDocument = () => io(POINTS.readDocument, () => world.document)
  const findObject = () => io(POINTS.findObject, () => world.object)
  if (world.mechanisms.documentBeforeObject) {
    const document = yield* readDocument()
    return { document, object: yield* findObject() }
  }
  const object = yield* findObject()
  return { document: yield* readDocument(), object }
}

function isKept(path: string, document: Annotation | undefined, { mechanisms }: World): boolean {
  const parsed = parseResultPath(path)
  if (!parsed) throw new Error(`Cannot sweep ${path}: it is no result`)
  if (!document) return false
  const entry = { ...document, imageId: ABOUT.imageId }
  const isWorkedOn = document.status === 'processing' && !mechanisms.sweepsFinishedOnly
  return referencedFiles(isWorkedOn ? { ...entry, status: 'succeeded' } : entry).has(parsed)
}
