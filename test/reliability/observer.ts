import type { Lease, Photo } from '../../functions/src/document/annotation.ts'
import { isGranted } from '../../functions/src/document/claim.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { AnnotationChanges, Claim } from '../../functions/src/ports/annotation-store.ts'
import type { Call } from './fault-points.ts'
import type { Violation } from './invariants.ts'
import type { Worker, World } from './worker.ts'

/**
 * Observes every call of a port that took effect: adds it to the trace, counts it, and detects writes without
 * a lease, which leave nothing behind that a check at the end could find.
 */
export function observer(
  worker: () => Worker,
  { clock, tally }: World,
  writtenAt: Map<string, Date>,
  violations: Violation[],
) {
  const ended = new Set<string>()
  const holders = new Map<string, { token: string; grantedAt: number }>()

  function noteClaim([{ imageId }, { token }]: [Photo, Lease], { decision }: Claim): void {
    if (isGranted(decision)) holders.set(imageId, { token, grantedAt: performance.now() })
  }

  function noteUpdate([photo, token, changes]: Update, startedAt: number): void {
    const { imageId, generation } = photo
    const holder = holders.get(imageId)
    // The write started after the claim of another worker had returned, so the order of the two is certain.
    if (holder && holder.token !== token && holder.grantedAt < startedAt) {
      violations.push({ kind: 'late write', imageId, what: `by ${worker().job.name}` })
    }
    for (const [name, { state }] of Object.entries(changes.steps ?? {})) {
      const key = `${imageId} ${generation} ${name}`
      if (name === 'draw' || state === 'pending' || ended.has(key)) continue
      ended.add(key)
      tally.count('steps ended')
    }
  }

  return ({ name, args, result, startedAt }: Call): void => {
    worker().trace(`${name} ${describe(name, args, result)}`, subjectOf(args))
    if (name === 'photos.writeResult') writtenAt.set(String(args[1]), clock.now())
    if (name === 'annotations.claim') noteClaim(args as [Photo, Lease], result as Claim)
    if (name === 'annotations.update' && result === 'written') noteUpdate(args as Update, startedAt)
  }
}

type Update = [Photo, token: string, AnnotationChanges]

/** The photo of a call, if it has one. */
function subjectOf([first, second]: unknown[]): string | undefined {
  if (typeof first === 'string' && typeof second === 'string') return imageIdOf(first, second)
  if (typeof first === 'string' && typeof second === 'object' && second && 'name' in second)
    return /annotations\/([\w-]{43})\//.exec(String(second.name))?.[1]
  if (typeof first !== 'object' || first === null) return undefined
  if ('imageId' in first) return String(first.imageId)
  return 'bucket' in first && 'name' in first
    ? imageIdOf(String(first.bucket), String(first.name))
    : undefined
}

function describe(call: string, args: unknown[], result: unknown): string {
  switch (call) {
    case 'annotations.claim':
      return String((result as { decision: string }).decision)
    case 'annotations.update': {
      const { steps, status, lease } = args[2] as AnnotationChanges
      const changed = Object.entries(steps ?? {}).map(([name, step]) => {
        const billed = 'paidCalls' in step ? ` billed ${step.paidCalls}` : ''
        return `${name}: ${step.state}${billed}`
      })
      return `${String(result)} ${status ?? ''} ${lease === null ? 'lease released ' : ''}${changed.join(', ')}`
    }
    case 'photos.writeResult':
    case 'photos.readResult':
      return String(args[1])
    case 'photos.deleteResults':
      return String(args[1])
    case 'photos.findUpload':
      return String((result as Photo | undefined)?.generation)
    case 'objects.remove':
      return JSON.stringify(args[1])
    case 'queue.enqueue':
      return `${String(args[1])} ${String(result)}`
    case 'model.generate':
      return JSON.stringify((result as { text: string }).text.slice(0, 60))
    default:
      return ''
  }
}
