import type { CloudEvent } from 'firebase-functions'
import type { StorageObjectData } from 'firebase-functions/storage'
import { vi } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { asVisionError, type ErrorCode } from '../../functions/src/errors.ts'
import { BUCKET, type startCalls } from './calls.ts'
import { PHOTO, recordOutput } from './canaries.ts'

// After calls.ts, which sets the variables that the functions read on import.
const { onBackfillQueued, onImageUploaded } = await import('../../functions/src/index.ts')

type Calls = Awaited<ReturnType<typeof startCalls>>

export const GENERATION = '1700000000000001'

/**
 * How a delivery of an event ended. Eventarc redelivers it after `thrown`. `code` is undefined for an
 * unexpected error.
 */
export type Delivery = { ended: 'acknowledged' } | { ended: 'thrown'; code: ErrorCode | undefined }

let events = 0

/** Delivers the event of an upload, as Eventarc does. */
export async function deliver(
  generation = GENERATION,
  { name = PHOTO, time = new Date() }: { name?: string; time?: Date } = {},
): Promise<Delivery> {
  const data = { bucket: BUCKET, name, generation, contentType: 'image/jpeg', size: '9' }
  const event = { id: `event-${++events}`, time: time.toISOString(), bucket: BUCKET, data }
  try {
    await onImageUploaded.run(event as unknown as CloudEvent<StorageObjectData> & { bucket: string })
    return { ended: 'acknowledged' }
  } catch (error) {
    recordOutput(error)
    return { ended: 'thrown', code: asVisionError(error)?.code }
  }
}

/** Runs the photo as a task of the queue of backfills, at the tier flex. */
export async function deliverBackfill(name = PHOTO): Promise<void> {
  vi.stubEnv('BACKFILL_SERVICE_TIER', 'flex')
  try {
    const task = { data: { bucket: BUCKET, name }, id: `task-${++events}` }
    await onBackfillQueued.run(task as unknown as Parameters<typeof onBackfillQueued.run>[0])
  } finally {
    vi.unstubAllEnvs()
  }
}

/** The photo's document. Its errors are checked for secrets: users read them. */
export function documentOf({ annotations }: Calls, name = PHOTO): Annotation {
  const document = annotations.documents.get(imageIdOf(BUCKET, name))!
  recordOutput([document.error, document.steps.describe.error, document.steps.locate.error])
  return document
}

/** Scripts a good answer to every *describe* request. */
export async function scriptDescription({ script }: Calls): Promise<void> {
  const description = {
    caption: 'CANARY-CAPTION',
    altText: 'CANARY-ALT',
    labels: ['canary-label'],
    text: 'CANARY-SEEN',
  }
  await script({
    match: { textIncludes: 'Describe this picture' },
    reply: { text: JSON.stringify(description) },
  })
}

/** Replaces all scripts by good answers. */
export async function restoreModel(calls: Calls): Promise<void> {
  await calls.forget()
  await scriptDescription(calls)
  const objects = [{ box_2d: [100, 100, 500, 500], label: 'canary-object' }]
  await calls.script({ reply: { text: JSON.stringify(objects) } })
}
