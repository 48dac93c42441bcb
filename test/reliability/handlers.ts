import type { StorageEvent as HandlerEvent } from 'firebase-functions/storage'
import {
  onBackfillQueued,
  onImageDeleted,
  onImageUploaded,
  onPhotoQueued,
  onSweep,
} from '../../functions/src/index.ts'
import type { QueuedPhoto } from '../../functions/src/ports/upkeep.ts'
import type { StorageEvent } from './event-service.ts'

/** The deployed functions, called with unpacked events. */
export const handlers = {
  async event({ id, kind, object, time }: StorageEvent): Promise<unknown> {
    const { bucket, name, generation, contentType, size } = object
    const event = { id, time: time.toISOString(), data: { bucket, name, generation, contentType, size } }
    const handler = kind === 'finalized' ? onImageUploaded : onImageDeleted
    return handler.run(event as unknown as HandlerEvent)
  },
  async task(data: QueuedPhoto, id: string): Promise<unknown> {
    const handler = data.backfill === undefined ? onPhotoQueued : onBackfillQueued
    return handler.run({ data, id } as Parameters<typeof handler.run>[0])
  },
  async sweep(): Promise<unknown> {
    return onSweep.run({} as Parameters<typeof onSweep.run>[0])
  },
}
