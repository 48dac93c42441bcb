import { type FunctionScope, getFunctions, type TaskOptions } from 'firebase-admin/functions'
import { BACKFILL_DISPATCH_DEADLINE_SECONDS, DISPATCH_DEADLINE_SECONDS } from '../../config/time-limits.ts'
import type { PhotoQueue, QueuedPhoto } from '../../ports/upkeep.ts'

const SWEEPS = { name: 'onPhotoQueued', dispatchDeadlineSeconds: DISPATCH_DEADLINE_SECONDS }
const BACKFILLS = { name: 'onBackfillQueued', dispatchDeadlineSeconds: BACKFILL_DISPATCH_DEADLINE_SECONDS }

/**
 * The Cloud Tasks queues of the functions `onPhotoQueued` and `onBackfillQueued`.
 *
 * In a kit, firebase-admin writes an ID token of about an hour into each task, so tasks that wait longer
 * fail. Therefore the queue is named in full, in the global scope: then Cloud Tasks makes the token when it
 * sends the task. This needs roles/iam.serviceAccountUser of the service account on itself. A kit without
 * this role uses its own scope.
 * https://docs.cloud.google.com/tasks/docs/creating-http-target-tasks#sa, 2026-11
 * @param kit the instance id of the kit, if the functions are one
 */
export function cloudTasksQueue(region: string, kit: string | undefined): PhotoQueue {
  const at = (name: string) => `locations/${region}/functions/${name}`
  let mayActAsItself = true

  async function send(name: string, photo: QueuedPhoto, options: TaskOptions): Promise<void> {
    const enqueue = async (queue: string, scope: FunctionScope) =>
      getFunctions().taskQueue<QueuedPhoto>(at(queue), scope).enqueue(photo, options)
    if (kit === undefined || mayActAsItself) {
      try {
        return await enqueue(kit === undefined ? name : `kit-${kit}-${name}`, { scope: 'global' })
      } catch (error) {
        if (kit === undefined || codeOf(error) !== 'functions/permission-denied') throw error
        mayActAsItself = false
      }
    }
    return enqueue(name, { scope: 'current' })
  }

  return {
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
