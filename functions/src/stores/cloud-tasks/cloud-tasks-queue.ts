import { getFunctions } from 'firebase-admin/functions'
import { BACKFILL_DISPATCH_DEADLINE_SECONDS, DISPATCH_DEADLINE_SECONDS } from '../../config/time-limits.ts'
import type { PhotoQueue } from '../../ports/upkeep.ts'

const SWEEPS = { name: 'onPhotoQueued', dispatchDeadlineSeconds: DISPATCH_DEADLINE_SECONDS }
const BACKFILLS = { name: 'onBackfillQueued', dispatchDeadlineSeconds: BACKFILL_DISPATCH_DEADLINE_SECONDS }

/** The Cloud Tasks queues of the functions `onPhotoQueued` and `onBackfillQueued`. */
export function cloudTasksQueue(region: string): PhotoQueue {
  return {
    async enqueue(photo, id) {
      const { name, dispatchDeadlineSeconds } = photo.backfill === undefined ? SWEEPS : BACKFILLS
      const queue = getFunctions().taskQueue<typeof photo>(`locations/${region}/functions/${name}`)
      try {
        await queue.enqueue(photo, { id, dispatchDeadlineSeconds })
        return 'enqueued'
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'functions/task-already-exists')
          return 'known'
        throw error
      }
    },
  }
}
