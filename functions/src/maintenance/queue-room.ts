import type { Services } from '../ports/services.ts'
import { addWaiting, type Backlog, MOST_WAITING, readBacklog, withWaiting } from './backlog.ts'

/** The room for uploads of one scan in the queue, which due photos share. */
export type QueueRoom = {
  /** Whether the queue has half an hour of work. */
  isFull: () => Promise<boolean>
  /** Counts an upload that was queued. After `isFull`. */
  count: () => void
  /** Stores the count, for due photos and for other scans. */
  store: () => Promise<void>
}

/** Reads the backlog only when it is needed: most scans find nothing to queue. */
export function queueRoom(services: Services): QueueRoom {
  const { now } = services
  let reading: Promise<void> | undefined
  let backlog: Backlog | undefined
  let counted = 0
  const read = async () => {
    backlog = await readBacklog(services, now())
  }
  return {
    async isFull() {
      reading ??= read()
      await reading
      return withWaiting(backlog!, 0, now()).waiting >= MOST_WAITING
    },
    count() {
      backlog = withWaiting(backlog!, 1, now())
      counted++
    },
    async store() {
      if (counted === 0) return
      const tasks = counted
      counted = 0
      try {
        await addWaiting(tasks, services)
      } catch (error) {
        counted += tasks
        throw error
      }
    },
  }
}
