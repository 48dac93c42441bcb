import type { Annotation } from '../../functions/src/document/annotation.ts'
import { MAX_BILLABLE_ATTEMPTS } from '../../functions/src/pipeline/billable-attempts.ts'
import { referredFiles } from './protocol/files.ts'
import type { Content, World } from './world.ts'

/**
 * What must never be. At the end, when all events have come and sweeps have run: `lost`, a live object without an end of its own;
 * `stuck`, work that nobody goes on with; `ghost`, a document without an object; `orphan`, a file that nothing refers to; `missing`, a
 * file that is referred to and not there, or shows other objects than the document. At every step: `stale`, something of one generation
 * under the name of another; `torn`, as `missing`, on a document that says it is done; `overCap`, a step that was paid too often;
 * `wrongBytes`, a request with the bytes of another generation than the claimed one.
 */
export const KINDS = [
  'lost',
  'stuck',
  'stale',
  'ghost',
  'orphan',
  'missing',
  'torn',
  'overCap',
  'wrongBytes',
] as const
export type Kind = (typeof KINDS)[number]

const OPEN = new Set(['processing', 'deferred'])

/** What one world has done wrong; each kind counts once. */
export class Violations {
  readonly found = new Set<Kind>()
  private readonly report: ((what: string) => void) | undefined

  constructor(report?: (what: string) => void) {
    this.report = report
  }

  afterWrite(world: World): void {
    const { document } = world
    if (!document) return
    this.checkContent(document, world)
    if (!OPEN.has(document.status)) this.checkFiles('torn', document, world)
  }

  afterRequest(world: World, content: Content, claimed: string, charged: number): void {
    if (world.contents.get(claimed) !== content) this.add('wrongBytes')
    if (charged > MAX_BILLABLE_ATTEMPTS) this.add('overCap')
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

  private checkContent({ generation, status, caption, objects }: Annotation, world: World): void {
    const content = world.contents.get(generation)!.id
    if (status === 'deleted' && (caption || objects)) this.add('stale')
    if (caption !== undefined && caption !== content) this.add('stale')
    if (objects && !objects[0]!.label.startsWith(`${content}/`)) this.add('stale')
  }

  private checkFiles(kind: 'missing' | 'torn', document: Annotation, world: World): void {
    if (document.status === 'deleted') return
    const content = world.contents.get(document.generation)!.id
    for (const [path, shown] of referredFiles(document)) {
      const file = world.files.get(path)
      if (!file || (shown !== undefined && file.content !== shown)) this.add(kind)
      else if (!file.content.startsWith(`${content}/`)) this.add('stale')
    }
  }

  private add(kind: Kind): void {
    if (this.found.has(kind)) return
    this.found.add(kind)
    this.report?.(kind)
  }
}
