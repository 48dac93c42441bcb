import type { Annotation, AnnotationDocument } from '../../functions/src/document/annotation.ts'
import { resultPaths } from '../../functions/src/document/storage-paths.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../functions/src/pipeline/billable-attempts.ts'
import { photoOf, type World } from './world.ts'

/**
 * Broken promises. At the end, when all events were delivered and sweeps have run: `lost`, a live object
 * without a final status of its own; `stuck`, a photo that nothing will resume; `ghost`, a document without
 * an object; `orphan`, a file that no document refers to; `missing`, a file that a document refers to and
 * that is absent or shows other objects. After every write: `stale`, data of one generation under another;
 * `torn`, as `missing`, on a document with a final status, or a draw step that succeeded without objects;
 * `overLimit`, a step that was billed too often; `wrongBytes`, a request with the bytes of another generation
 * than the claimed one.
 */
export const KINDS = [
  'lost',
  'stuck',
  'stale',
  'ghost',
  'orphan',
  'missing',
  'torn',
  'overLimit',
  'wrongBytes',
] as const
export type Kind = (typeof KINDS)[number]

const OPEN = new Set(['processing', 'deferred'])

/** The violations of one simulation; each kind counts once. */
export class Violations {
  readonly found = new Set<Kind>()
  private readonly trace: ((event: string) => void) | undefined

  constructor(trace?: (event: string) => void) {
    this.trace = trace
  }

  afterWrite(world: World): void {
    const { document } = world
    if (!document) return
    this.checkContent(document, world)
    if (document.status === 'deleted' || OPEN.has(document.status)) return
    this.checkFiles('torn', document, world)
    const { locate, draw } = document.steps
    if (draw.state === 'succeeded' && locate.state !== 'succeeded') this.add('torn')
  }

  afterRequest(world: World, contentId: string, generation: string, billed: number): void {
    if (world.contents.get(generation)?.id !== contentId) this.add('wrongBytes')
    if (billed > MAX_BILLABLE_ATTEMPTS) this.add('overLimit')
  }

  atEnd(world: World): void {
    const { object, document, files } = world
    if (object) {
      if (document?.generation !== object.generation || document.status === 'deleted') this.add('lost')
      else if (document.status === 'superseded') this.add('lost')
      else if (OPEN.has(document.status)) this.add('stuck')
    } else if (document && document.status !== 'deleted') this.add('ghost')
    const referred = document && document.status !== 'deleted' ? referredFiles(document) : undefined
    for (const path of files.keys()) if (!referred?.has(path)) this.add('orphan')
    if (document) this.checkFiles('missing', document, world)
  }

  private checkContent(document: AnnotationDocument, world: World): void {
    const { generation, status, caption, objects } = { caption: undefined, objects: undefined, ...document }
    const content = world.contents.get(generation)!.id
    if (status === 'deleted' && (caption || objects)) this.add('stale')
    if (caption !== undefined && caption !== content) this.add('stale')
    if (objects && !objects[0]!.label.startsWith(`${content}/`)) this.add('stale')
  }

  private checkFiles(kind: 'missing' | 'torn', document: AnnotationDocument, world: World): void {
    if (document.status === 'deleted') return
    const content = world.contents.get(document.generation)!.id
    for (const [path, shown] of referredFiles(document)) {
      const file = world.files.get(path)
      if (!file || (shown !== undefined && file.shows !== shown)) this.add(kind)
      else if (!file.shows.startsWith(`${content}/`)) this.add('stale')
    }
  }

  private add(kind: Kind): void {
    if (this.found.has(kind)) return
    this.found.add(kind)
    this.trace?.(kind)
  }
}

/**
 * The files that a document refers to, each with the answer that it should show; undefined where any answer
 * is right.
 */
function referredFiles(document: Annotation): Map<string, string | undefined> {
  const files = new Map<string, string | undefined>()
  const { answerId } = document.steps.locate
  if (answerId) files.set(resultPaths(photoOf(document.generation)).answer(answerId).text, undefined)
  if (document.preview) files.set(document.preview.path, undefined)
  if (document.thumbnail) files.set(document.thumbnail.path, undefined)
  if (!document.overlay) return files
  const answer = document.objects?.[0]?.label
  files.set(document.overlay.path, answer)
  for (const { mask } of document.objects ?? []) if (mask) files.set(mask.path, answer)
  return files
}
