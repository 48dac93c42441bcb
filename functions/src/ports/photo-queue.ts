/**
 * A photo to be annotated in its turn. `backfill`: the one that it was queued for; `retry`: also if it has ended, for what it lacks.
 */
export type QueuedPhoto = {
  bucket: string
  name: string
  backfill?: string | undefined
  retry?: boolean | undefined
}

/** Photos that wait for a worker of their own, at a rate that the model service bears. */
export interface PhotoQueue {
  /**
   * @param id `[A-Za-z0-9_-]`, at most 500 characters. Of several tasks with one id, also at different times within hours, the first counts.
   */
  enqueue(photo: QueuedPhoto, id: string): Promise<'enqueued' | 'known'>
}
