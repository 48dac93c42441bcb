import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { newAnnotation } from '../../../functions/src/document/new-annotation.ts'
import { type QueueRoom, queueRoom } from '../../../functions/src/maintenance/queue-room.ts'
import { annotations, clock, fails, services, upkeep, upload } from '../../support/photo-run.ts'
import { hours, listInPages, minutes, putUploads, SCHEDULED, sweepWith } from '../../support/sweep-run.ts'
import { scriptedModel } from '../../support/vision.ts'

/* Uploads that scans queue count towards the half hour of work that the queue may have. */

const waiting = () => (upkeep.values.get('firesightUpkeep/backlog') as { waiting: number }).waiting

describe('a scan with many uploads without a document', () => {
  it('queues half an hour of work, and continues with the next upload as the queue works', async () => {
    putUploads(6000)
    listInPages(200)
    hours(1)
    // The ids of tasks contain the hour, so uploads that are queued again in the next hour would be counted.
    minutes(55)
    const first = await sweepWith(SCHEDULED)
    expect(first).toMatchObject({ walked: false })
    // Eight ranges are scanned at a time.
    expect(first.queued).toBeGreaterThanOrEqual(3600)
    expect(first.queued).toBeLessThan(3608)
    minutes(10)
    const second = await sweepWith(SCHEDULED)
    expect(second).toMatchObject({ walked: false })
    expect(second.queued).toBeGreaterThan(1180)
    expect(second.queued).toBeLessThan(1210)
    minutes(10)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ walked: true, known: 0 })
    expect(upkeep.tasks.size).toBe(6000)
    expect(new Set([...upkeep.tasks.values()].map(({ name }) => name)).size).toBe(6000)
  })

  it('reads no more documents when the queue has enough work', async () => {
    putUploads(6000)
    hours(1)
    await sweepWith(SCHEDULED)
    const find = vi.spyOn(upkeep.annotations, 'find')
    onTestFinished(() => find.mockRestore())
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 0, known: 0, walked: false })
    expect(find.mock.calls.flatMap(([ids]) => ids)).toEqual([])
  })

  it('leaves due photos to wait for the queue', async () => {
    putUploads(6000)
    hours(1)
    await sweepWith(SCHEDULED)
    const photo = upload(Buffer.from('photo'))
    const expired = { token: 'dead', expiresAt: new Date(clock.now.getTime() - 60_000) }
    annotations.documents.set(photo.imageId, newAnnotation(photo, expired, clock.now))
    Object.assign(annotations.documents.get(photo.imageId)!, { dueAt: clock.now })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: 0 })
    minutes(3)
    expect(await sweepWith(SCHEDULED)).toMatchObject({ redriven: 1 })
  })

  it('has a part of the half hour that due photos do not use', async () => {
    putUploads(1000)
    hours(1)
    const { now } = clock
    upkeep.values.set('firesightUpkeep/backlog', {
      startedAt: now,
      queued: 3300,
      waiting: 3300,
      updatedAt: now,
    })
    expect(await sweepWith(SCHEDULED)).toMatchObject({ queued: 300, walked: false })
    expect(waiting()).toBe(3600)
  })
})

describe('queueRoom()', () => {
  const open = async (): Promise<QueueRoom> => {
    const room = queueRoom(services(scriptedModel().model))
    expect(await room.isFull()).toBe(false)
    return room
  }

  it('adds its tasks to those that another sweep has stored in the meantime', async () => {
    const [room, other] = [await open(), await open()]
    other.count()
    await other.store()
    room.count()
    room.count()
    await room.store()
    await room.store()
    expect(waiting()).toBe(3)
  })

  it('keeps its count if it cannot be stored', async () => {
    const room = await open()
    room.count()
    const change = vi.spyOn(upkeep.progress, 'change').mockRejectedValueOnce(fails('storage-unavailable'))
    onTestFinished(() => change.mockRestore())
    await expect(room.store()).rejects.toMatchObject({ code: 'storage-unavailable' })
    await room.store()
    expect(waiting()).toBe(1)
  })
})
