import type { Lease, Photo } from '../../functions/src/document/annotation.ts'
import { isGranted } from '../../functions/src/document/claim.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import type { AnnotationChanges, Claim } from '../../functions/src/ports/annotation-store.ts'
import type { Violation } from './invariants.ts'
import type { Call } from './ports.ts'
import type { Worker, World } from './worker.ts'

/**
 * Hears of every call of a port that had its effect: tells it, counts what is to be counted, and sees what must never happen, though nothing
 * at the end may tell of it.
 */
export function observer(
  worker: () => Worker,
  { clock, tally }: World,
  writtenAt: Map<string, Date>,
  broken: Violation[],
) {
  const ended = new Set<string>()
  const holders = new Map<string, { token: string; grantedAt: number }>()

  function noteClaim([{ imageId }, { token }]: [Photo, Lease], { decision }: Claim): void {
    if (isGranted(decision)) holders.set(imageId, { token, grantedAt: performance.now() })
  }

  function noteUpdate([photo, token, changes]: Update, startedAt: number): void {
    const { imageId, generation } = photo
    const holder = holders.get(imageId)
    // It began after another was known to have the claim, so it is no matter of which news came first.
    if (holder && holder.token !== token && holder.grantedAt < startedAt) {
      broken.push({ kind: 'late write', imageId, what: `by ${worker().job.name}` })
    }
    for (const [name, { state }] of Object.entries(changes.steps ?? {})) {
      const key = `${imageId} ${generation} ${name}`
      if (name === 'draw' || state === 'pending' || ended.has(key)) continue
      ended.add(key)
      tally.count('steps ended')
    }
  }

  return ({ name, args, result, startedAt }: Call): void => {
    worker().tell(`${name} ${describe(name, args, result)}`, subjectOf(args))
    if (name === 'photos.writeResult') writtenAt.set(String(args[1]), clock.now())
    if (name === 'annotations.claim') noteClaim(args as [Photo, Lease], result as Claim)
    if (name === 'annotations.update' && result === 'written') noteUpdate(args as Update, startedAt)
  }
}

type Update = [Photo, token: string, AnnotationChanges]

/** The photo that a call is about, where it is about one. */
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
      const told = Object.entries(steps ?? {}).map(([name, step]) => {
        const paid = 'paidCalls' in step ? ` paid ${step.paidCalls}` : ''
        return `${name}: ${step.state}${paid}`
      })
      return `${String(result)} ${status ?? ''} ${lease === null ? 'lease given back ' : ''}${told.join(', ')}`
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
