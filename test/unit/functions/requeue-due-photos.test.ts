import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Annotation } from '../../../functions/src/document/annotation.ts'
import { newAnnotation } from '../../../functions/src/document/new-annotation.ts'
import { annotations, clock, upkeep, upload } from '../../support/photo-run.ts'
import { minutes, SCHEDULED, stopProcessClock, sweepWith } from '../../support/sweep-run.ts'

const PHOTOS = 2500

/** Photos whose worker has died, or deferred photos. */
function addDuePhotos(count: number, dueFrom = -3_600_000, change: Partial<Annotation> = {}): void {
  const photo = upload(Buffer.from('photo'))
  const expired = { token: 'dead', expiresAt: new Date(clock.now.getTime() - 60_000) }
  for (let i = 0; i < count; i++) {
    const annotation = newAnnotation({ ...photo, name: `users/alice/uploads/${i}.png` }, expired, clock.now)
    const dueAt = new Date(clock.now.getTime() + dueFrom + i)
    annotations.documents.set(`photo-${String(i).padStart(4, '0')}`, { ...annotation, ...change, dueAt })
  }
}

describe('sweep() with more due photos than fit in one batch', () => {
  beforeEach(() => {
    addDuePhotos(PHOTOS)
    // No scan: only the due photos count here.
    upkeep.values.set('firesightUpkeep/sweep', {
      startedAt: clock.now,
      leasedUntil: null,
      completed: clock.now,
    })
  })

  it('queues all of them in one run', async () => {
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: PHOTOS, known: 0 })
  })

  it('continues behind the queued photos in the next sweep, and starts again when the queue has run them', async () => {
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: PHOTOS })
    minutes(59)
    upkeep.tasks.clear()
    // The first batch is the same for each sweep.
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: 1000 })
    minutes(2)
    upkeep.tasks.clear()
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: PHOTOS })
  })

  it('stores no position before a batch is queued', async () => {
    const { enqueue } = upkeep.queue
    let calls = 0
    upkeep.queue.enqueue = async (...task) => {
      calls++
      if (calls === 1500) throw new Error('The queue is unavailable')
      return enqueue(...task)
    }
    try {
      await expect(sweepWith(SCHEDULED)).rejects.toThrow('The queue is unavailable')
    } finally {
      upkeep.queue.enqueue = enqueue
    }
    await sweepWith(SCHEDULED)
    expect(upkeep.tasks.size).toBe(PHOTOS)
  })

  it('queues all of them for an operator, wherever the last sweep stopped', async () => {
    await sweepWith(SCHEDULED)
    upkeep.tasks.clear()
    expect(await sweepWith({ ...SCHEDULED, walk: 'now' })).toMatchObject({ redriven: PHOTOS })
  })

  it('queues less than half an hour of work for the queue, and the rest as the queue works', async () => {
    addDuePhotos(6000)
    const { redriven } = await sweepWith(SCHEDULED)
    // Ten are queued at a time.
    expect(redriven).toBeGreaterThanOrEqual(3300)
    expect(redriven).toBeLessThan(3310)
    minutes(10)
    const later = await sweepWith(SCHEDULED)
    expect(later.redriven).toBeGreaterThan(1180)
    expect(later.redriven).toBeLessThan(1210)
  })

  it('leaves half of the time to the other parts of the sweep', async () => {
    const time = stopProcessClock()
    const enqueue = vi.spyOn(upkeep.queue, 'enqueue').mockImplementation(async () => {
      time.ms += 100
      return 'enqueued'
    })
    onTestFinished(() => enqueue.mockRestore())
    expect((await sweepWith(SCHEDULED)).redriven).toBe(300)
  })

  it('stores no position among photos that are not due yet', async () => {
    addDuePhotos(PHOTOS, 30 * 60_000, { status: 'deferred' })
    expect(await sweepWith({ ...SCHEDULED, allDeferred: true })).toMatchObject({ redriven: PHOTOS })
    upkeep.tasks.clear()
    minutes(40)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: PHOTOS })
  })
})
