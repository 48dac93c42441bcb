import type { Photo } from '../../functions/src/annotations/annotation.ts'
import type { AnnotationChanges } from '../../functions/src/stores/annotation-store.ts'
import { imageIdOf } from '../../functions/src/upload-path.ts'
import type { Tally } from './tally.ts'
import type { Worker } from './worker.ts'

/** Hears of every call of a port that had its effect: tells it, and counts what is to be counted. */
export function observer(worker: () => Worker, tally: Tally, stamp: (name: string) => void) {
  const ended = new Set<string>()
  return (call: string, args: unknown[], result: unknown): void => {
    worker().tell(`${call} ${describe(call, args, result)}`, subjectOf(args))
    if (call === 'photos.writeResult') stamp(String(args[1]))
    if (call !== 'annotations.update' || result !== 'written') return
    const [{ imageId, generation }, , { steps }] = args as [Photo, string, AnnotationChanges]
    for (const [name, { state }] of Object.entries(steps ?? {})) {
      const key = `${imageId} ${generation} ${name}`
      if (name === 'draw' || state === 'pending' || ended.has(key)) continue
      ended.add(key)
      tally.count('steps ended')
    }
  }
}

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
