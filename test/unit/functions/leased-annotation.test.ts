import { describe, expect, it } from 'vitest'
import type { ModelStepName } from '../../../functions/src/document/annotation.ts'
import { newAnnotation } from '../../../functions/src/document/new-annotation.ts'
import { LeasedAnnotation } from '../../../functions/src/pipeline/leased-annotation.ts'
import type {
  AnnotationChanges,
  AnnotationStore,
  UpdateOutcome,
} from '../../../functions/src/ports/annotation-store.ts'
import { Meter } from '../../../functions/src/quota/spend.ts'
import { upload } from '../../support/photo-run.ts'

const NOW = new Date('2026-11-30T12:00:00Z')
const THUMBNAIL = { path: 'thumbnail.jpg', width: 4, height: 3 }

it('addToNextWrite() during a write adds the fields to the next write', async () => {
  const photo = upload(Buffer.from('photo'))
  const writes: AnnotationChanges[] = []
  const pending = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const annotations: Pick<AnnotationStore, 'update'> = {
    update: async (_photo, _token, changes) => {
      writes.push(changes)
      started.resolve()
      await pending.promise
      return 'written'
    },
  }
  const annotation = newAnnotation(photo, { token: 'a', expiresAt: NOW }, NOW)
  const document = new LeasedAnnotation(photo, annotation, 'a', {
    annotations: annotations as AnnotationStore,
    now: () => NOW,
  })
  const first = document.checkpoint({ caption: 'A ball' })
  await started.promise
  document.addToNextWrite({ thumbnail: THUMBNAIL })
  pending.resolve()
  await first
  await document.checkpoint({})
  await document.checkpoint({})
  expect(writes).toEqual([{ caption: 'A ball' }, { thumbnail: THUMBNAIL }, {}])
})

describe('countAhead()', () => {
  const meter = new Meter()
  /** A document whose writes are recorded as the counts of both steps. */
  function recorded(outcome: UpdateOutcome = 'written') {
    const photo = upload(Buffer.from('photo'))
    const writes: (number | undefined)[][] = []
    const annotations: Pick<AnnotationStore, 'update'> = {
      update: async (_photo, _token, { steps }) => {
        if (steps) writes.push([steps.describe.paidCalls, steps.locate.paidCalls])
        return outcome
      },
    }
    const annotation = newAnnotation(photo, { token: 'a', expiresAt: NOW }, NOW)
    const document = new LeasedAnnotation(photo, annotation, 'a', {
      annotations: annotations as AnnotationStore,
      now: () => NOW,
    })
    return { document, writes, attempts: (step: ModelStepName) => document.attemptsOf(step, meter, 0) }
  }

  it('counts the first attempts of all steps in one write', async () => {
    const { document, writes, attempts } = recorded()
    document.countAhead(['describe', 'locate'])
    await Promise.all([attempts('describe').begin(), attempts('locate').begin()])
    expect(writes).toEqual([[1, 1]])
    attempts('locate').settle()
    await attempts('locate').begin()
    expect(writes).toEqual([
      [1, 1],
      [1, 2],
    ])
  })

  it('takes attempts back that were not sent when the run ends', async () => {
    const { document, writes, attempts } = recorded()
    document.countAhead(['describe', 'locate'])
    await attempts('describe').begin()
    await document.end({ lease: null })
    expect(writes).toEqual([
      [1, 1],
      [1, undefined],
    ])
  })

  it('refuses an attempt whose count could not be stored', async () => {
    const { document, attempts } = recorded('taken-over')
    document.countAhead(['describe'])
    expect(await attempts('describe').begin()).toMatchObject({ code: 'claim-lost' })
    expect(document.billableAttempts).toBe(0)
  })

  it('takes an attempt back that was not sent', async () => {
    const { document, writes, attempts } = recorded()
    document.countAhead(['describe', 'locate'])
    await attempts('describe').begin()
    await document.endStep('locate', { state: 'pending' })
    expect(writes.at(-1)).toEqual([1, undefined])
  })

  it('counts only the missing step', async () => {
    const { document, writes, attempts } = recorded()
    document.countAhead(['locate'])
    await attempts('locate').begin()
    expect(writes).toEqual([[undefined, 1]])
  })
})
