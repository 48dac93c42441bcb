import { compareGenerations } from '../../../functions/src/annotations/claim.ts'
import { type Flow, io } from '../flow.ts'
import type { TaskQueue } from '../task-queue.ts'
import { type Document, type LiveObject, photoOf, type World } from '../world.ts'
import { annotateImage, removeAnnotation } from './annotate.ts'
import { referredFiles } from './files.ts'
import { POINTS } from './points.ts'

// functions/src/sweep and the handler of its tasks, for one photo.

/** As walk-objects.ts has them. */
const UPLOAD_PATIENCE_MS = 15 * 60_000
const RESULT_PATIENCE_MS = 3_600_000

export function* sweep(world: World, queue: TaskQueue, hour: number): Flow<void> {
  const listed = yield* io(POINTS.listFiles, () => [...world.files])
  const { document, object } = yield* look(world)
  if (!object) {
    if (document && document.status !== 'deleted')
      yield* removeAnnotation(photoOf(document.generation), world)
  } else if (needsWork(document, object, world)) {
    const state = isBehind(document, object) ? 'upload' : String(document?.dueAt?.getTime())
    const bySweep = `${object.generation}-${state}-${Math.floor(hour)}`
    const id = world.mechanisms.taskIds === 'by-sweep' ? bySweep : object.generation
    yield* io(POINTS.enqueue, () => queue.enqueue(id))
  }
  const { sweepsOldFilesOnly, sweepsSeenVersions } = world.mechanisms
  for (const [path, { writtenAt, version }] of listed) {
    if (isKept(path, document, world)) continue
    if (sweepsOldFilesOnly && world.agenda.now - writtenAt < RESULT_PATIENCE_MS) continue
    yield* io(POINTS.deleteFile, () => {
      if (!sweepsSeenVersions || world.files.get(path)?.version === version) world.deleteFile(path)
    })
  }
}

/** Whether a sweep would change anything: most find nothing, and cost nothing then. */
export function hasSomethingToSweep(world: World): boolean {
  const { document, object, files } = world
  if (object ? needsWork(document, object, world) : document && document.status !== 'deleted') return true
  for (const path of files.keys()) if (!isKept(path, document, world)) return true
  return false
}

export function* annotateQueued(world: World): Flow<void> {
  const { document, object } = yield* look(world)
  if (object) yield* annotateImage(photoOf(object.generation), world, {})
  else if (document && document.status !== 'deleted') {
    yield* removeAnnotation(photoOf(document.generation), world)
  }
}

/** The document first: then what it says is older than what is found. */
function* look(world: World): Flow<{ document: Document | undefined; object: LiveObject | undefined }> {
  const readDocument = () => io(POINTS.readDocument, () => world.document)
  const findObject = () => io(POINTS.findObject, () => world.object)
  if (world.mechanisms.documentBeforeObject) {
    const document = yield* readDocument()
    return { document, object: yield* findObject() }
  }
  const object = yield* findObject()
  return { document: yield* readDocument(), object }
}

function needsWork(document: Document | undefined, object: LiveObject, world: World): boolean {
  const { now } = world.agenda
  if (isBehind(document, object)) return now - object.createdAt > UPLOAD_PATIENCE_MS
  const { dueAt, status } = document!
  if (status === 'deferred' && !world.mechanisms.redrivesDeferred) return false
  return dueAt !== undefined && dueAt.getTime() <= now
}

/** Whether the document knows nothing of this upload. */
function isBehind(document: Document | undefined, { generation }: LiveObject): boolean {
  return !document || compareGenerations(document.generation, generation) < 0
}

/** sweep/named-files.ts */
function isKept(path: string, document: Document | undefined, world: World): boolean {
  if (!document || document.status === 'deleted') return false
  if (referredFiles(document, world).has(path)) return true
  const order = compareGenerations(path.split('/')[0]!, document.generation)
  if (order > 0) return true
  return order === 0 && document.status === 'processing' && world.mechanisms.sweepsFinishedOnly
}
