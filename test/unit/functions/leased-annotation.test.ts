import { expect, it } from 'vitest'
import { newAnnotation } from '../../../functions/src/document/new-annotation.ts'
import { LeasedAnnotation } from '../../../functions/src/pipeline/leased-annotation.ts'
import type { AnnotationChanges, AnnotationStore } from '../../../functions/src/ports/annotation-store.ts'
import { upload } from '../../support/photo-run.ts'

const NOW = new Date('2026-11-30T12:00:00Z')
const THUMBNAIL = { path: 'thumbnail.jpg', width: 4, height: 3 }

it('addToNextWrite() during a write adds the fields to the next write', async () => {
  const photo = upload(Buffer.from('photo'))
  const writes: AnnotationChanges[] = []
  const pending = Promise.withResolvers<void>()
  const started = Promise.withResolvers<void>()
  const annotations: Pick<AnnotationStore, 'update'> = {
    update: async (_photo, _token, changes) => {
      writes.push(changes)
      started.resolve()
      await pending.promise
      return 'written'
    },
  }
  const annotation = newAnnotation(photo, { token: 'a', expiresAt: NOW }, NOW)
  const document = new LeasedAnnotation(photo, annotation, 'a', {
    annotations: annotations as AnnotationStore,
    now: () => NOW,
  })
  const first = document.checkpoint({ caption: 'A ball' })
  await started.promise
  document.addToNextWrite({ thumbnail: THUMBNAIL })
  pending.resolve()
  await first
  await document.checkpoint({})
  await document.checkpoint({})
  expect(writes).toEqual([{ caption: 'A ball' }, { thumbnail: THUMBNAIL }, {}])
})
