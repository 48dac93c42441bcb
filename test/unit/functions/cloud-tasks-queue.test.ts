import { beforeEach, expect, it, vi } from 'vitest'
import { cloudTasksQueue } from '../../../functions/src/stores/cloud-tasks/cloud-tasks-queue.ts'

const { enqueue, taskQueue } = vi.hoisted(() => {
  const enqueued = vi.fn<(task: object, options: object) => Promise<void>>()
  return {
    enqueue: enqueued,
    taskQueue: vi.fn<(name: string, scope: object) => object>(() => ({ enqueue: enqueued })),
  }
})
vi.mock('firebase-admin/functions', () => ({ getFunctions: () => ({ taskQueue }) }))
beforeEach(() => vi.clearAllMocks())

const photo = { bucket: 'bucket', name: 'users/alice/uploads/a.png' }
const failure = (code: string) => Object.assign(new Error(code), { code: `functions/${code}` })
const queues = () => taskQueue.mock.calls.map(([name, scope]) => [name, (scope as { scope: string }).scope])

it.each([
  ['a sweep', photo, 'onPhotoQueued', 300],
  ['a backfill', { ...photo, backfill: 'b', retry: true }, 'onBackfillQueued', 1800],
])('enqueue() gives the tasks of %s their queue and deadline', async (_, task, name, seconds) => {
  expect(await cloudTasksQueue('europe-west1', undefined).enqueue(task, 'id')).toBe('enqueued')
  expect(queues()).toEqual([[`locations/europe-west1/functions/${name}`, 'global']])
  expect(enqueue).toHaveBeenLastCalledWith(task, { id: 'id', dispatchDeadlineSeconds: seconds })
})

it('enqueue() names the queue of a kit in full', async () => {
  await cloudTasksQueue('us-east1', 'photos').enqueue(photo, 'id')
  expect(queues()).toEqual([['locations/us-east1/functions/kit-photos-onPhotoQueued', 'global']])
})

it('enqueue() uses the scope of the kit if the service account may not act as itself', async () => {
  const warn = vi.fn<(message: string) => void>()
  let now = 0
  const queue = cloudTasksQueue('us-east1', 'photos', { warn, now: () => now })
  enqueue.mockRejectedValueOnce(failure('permission-denied'))
  expect(await queue.enqueue(photo, '1')).toBe('enqueued')
  expect(await queue.enqueue(photo, '2')).toBe('enqueued')
  const current = ['locations/us-east1/functions/onPhotoQueued', 'current']
  expect(queues().slice(1)).toEqual([current, current])
  expect(warn.mock.calls).toEqual([[expect.stringContaining('roles/iam.serviceAccountUser')]])
  expect(queue.limitation?.()).toMatch(/Tasks expire after about an hour/)
  now = 10 * 60_000
  expect(queue.limitation?.()).toBeUndefined()
  await queue.enqueue(photo, '3')
  expect(queues().at(-1)).toEqual(['locations/us-east1/functions/kit-photos-onPhotoQueued', 'global'])
})

it('enqueue() reports a known task, and throws other failures', async () => {
  const queue = cloudTasksQueue('us-east1', undefined)
  enqueue.mockRejectedValueOnce(failure('task-already-exists'))
  expect(await queue.enqueue(photo, '1')).toBe('known')
  enqueue.mockRejectedValueOnce(failure('permission-denied'))
  await expect(queue.enqueue(photo, '1')).rejects.toThrow('permission-denied')
})
