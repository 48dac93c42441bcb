import { expect, it, vi } from 'vitest'
import { cloudTasksQueue } from '../../../functions/src/stores/cloud-tasks/cloud-tasks-queue.ts'

const { enqueue, taskQueue } = vi.hoisted(() => {
  const enqueued = vi.fn<(task: object, options: object) => Promise<void>>()
  return { enqueue: enqueued, taskQueue: vi.fn<(name: string) => object>(() => ({ enqueue: enqueued })) }
})
vi.mock('firebase-admin/functions', () => ({ getFunctions: () => ({ taskQueue }) }))

const photo = { bucket: 'bucket', name: 'users/alice/uploads/a.png' }

it.each([
  ['a sweep', photo, 'onPhotoQueued', 300],
  ['a backfill', { ...photo, backfill: 'b', retry: true }, 'onBackfillQueued', 1800],
])('enqueue() gives the tasks of %s their queue and deadline', async (_, task, name, seconds) => {
  expect(await cloudTasksQueue('europe-west1').enqueue(task, 'id')).toBe('enqueued')
  expect(taskQueue).toHaveBeenLastCalledWith(`locations/europe-west1/functions/${name}`)
  expect(enqueue).toHaveBeenLastCalledWith(task, { id: 'id', dispatchDeadlineSeconds: seconds })
})
