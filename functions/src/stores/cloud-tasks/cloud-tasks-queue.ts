import { type FunctionScope, getFunctions, type TaskOptions } from 'firebase-admin/functions'
import { BACKFILL_DISPATCH_DEADLINE_SECONDS, DISPATCH_DEADLINE_SECONDS } from '../../config/time-limits.ts'
import type { PhotoQueue, QueuedPhoto } from '../../ports/upkeep.ts'

const SWEEPS = { name: 'onPhotoQueued', dispatchDeadlineSeconds: DISPATCH_DEADLINE_SECONDS }
const BACKFILLS = { name: 'onBackfillQueued', dispatchDeadlineSeconds: BACKFILL_DISPATCH_DEADLINE_SECONDS }

/** How long a missing role is assumed before it is checked again. */
const DENIED_MS = 10 * 60 * 1000
const LIMITATION =
  'Tasks expire after about an hour: the service account lacks roles/iam.serviceAccountUser on itself (docs/deploy.md)'

/**
 * The Cloud Tasks queues of the functions `onPhotoQueued` and `onBackfillQueued`.
 *
 * In a kit, firebase-admin writes an ID token of about an hour into each task, so tasks that wait longer
 * fail. Therefore the queue is named in full, in the global scope: then Cloud Tasks makes the token when it
 * sends the task. This needs roles/iam.serviceAccountUser of the service account on itself. A kit without
 * this role uses its own scope.
 * https://docs.cloud.google.com/tasks/docs/creating-http-target-tasks#sa, 2026-11
 * @param kit the instance id of the kit, if the functions are one
 * @param warn called when the role is missing
 */
export function cloudTasksQueue(
  region: string,
  kit: string | undefined,
  { warn, now = Date.now }: { warn?: (message: string) => void; now?: () => number } = {},
): PhotoQueue {
  const at = (name: string) => `locations/${region}/functions/${name}`
  let deniedUntil = 0

  async function send(name: string, photo: QueuedPhoto, options: TaskOptions): Promise<void> {
    const enqueue = async (queue: string, scope: FunctionScope) =>
      getFunctions().taskQueue<QueuedPhoto>(at(queue), scope).enqueue(photo, options)
    if (kit === undefined || now() >= deniedUntil) {
      try {
        return await enqueue(kit === undefined ? name : `kit-${kit}-${name}`, { scope: 'global' })
      } catch (error) {
        if (kit === undefined || codeOf(error) !== 'functions/permission-denied') throw error
        deniedUntil = now() + DENIED_MS
        warn?.(LIMITATION)
      }
    }
    return enqueue(name, { scope: 'current' })
  }

  return {
    limitation: () => (now() < deniedUntil ? LIMITATION : undefined),
    async enqueue(photo, id) {
      const { name, dispatchDeadlineSeconds } = photo.backfill === undefined ? SWEEPS : BACKFILLS
      try {
        await send(name, photo, { id, dispatchDeadlineSeconds })
        return 'enqueued'
      } catch (error) {
        if (codeOf(error) === 'functions/task-already-exists') return 'known'
        throw error
      }
    },
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
