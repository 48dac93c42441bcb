import type { CloudEvent } from 'firebase-functions'
import type { StorageObjectData } from 'firebase-functions/storage'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { asVisionError, type ErrorCode } from '../../functions/src/errors.ts'
import { BUCKET, type startCalls } from './calls.ts'
import { keepForCanaries, PHOTO } from './canaries.ts'

// After calls.ts, which sets what functions read when they are declared.
const { onImageUploaded } = await import('../../functions/src/index.ts')

type Calls = Awaited<ReturnType<typeof startCalls>>

export const GENERATION = '1700000000000001'

/** How a delivery of an event ended: `thrown` brings it again. Without a code it was no failure that anybody expects. */
export type Delivery = { ended: 'acknowledged' } | { ended: 'thrown'; code: ErrorCode | undefined }

let events = 0

/** Brings the photo's event, as the event service does. */
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
    keepForCanaries(error)
    return { ended: 'thrown', code: asVisionError(error)?.code }
  }
}

/** The photo's document. What it says of failures is for users to read. */
export function documentOf({ annotations }: Calls, name = PHOTO): Annotation {
  const document = annotations.documents.get(imageIdOf(BUCKET, name))!
  keepForCanaries([document.error, document.steps.describe.error, document.steps.locate.error])
  return document
}

const describePrompt = { textIncludes: 'Describe this picture' }

/** The model describes pictures well. */
export async function scriptDescription({ script }: Calls): Promise<void> {
  const description = {
    caption: 'CANARY-CAPTION',
    altText: 'CANARY-ALT',
    labels: ['canary-label'],
    text: 'CANARY-SEEN',
  }
  await script({ match: describePrompt, reply: { text: JSON.stringify(description) } })
}

/** The model service is well again. */
export async function makeWell(calls: Calls): Promise<void> {
  await calls.forget()
  await scriptDescription(calls)
  const objects = [{ box_2d: [100, 100, 500, 500], label: 'canary-object' }]
  await calls.script({ reply: { text: JSON.stringify(objects) } })
}
