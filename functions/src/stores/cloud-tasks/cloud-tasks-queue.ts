import { getFunctions } from 'firebase-admin/functions'
import { DISPATCH_DEADLINE_SECONDS } from '../../config/time-limits.ts'
import type { PhotoQueue } from '../../ports/upkeep.ts'

/** The Cloud Tasks queue of the function `onPhotoQueued`. */
export function cloudTasksQueue(region: string): PhotoQueue {
  return {
    async enqueue(photo, id) {
      const queue = getFunctions().taskQueue<typeof photo>(`locations/${region}/functions/onPhotoQueued`)
      try {
        await queue.enqueue(photo, { id, dispatchDeadlineSeconds: DISPATCH_DEADLINE_SECONDS })
        return 'enqueued'
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'functions/task-already-exists')
          return 'known'
        throw error
      }
    },
  }
}
