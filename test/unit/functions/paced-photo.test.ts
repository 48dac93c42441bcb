import { expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { annotationOf, png, services, upload } from '../../support/photo-run.ts'

const emulated = useEmulatedModel()
const limits = { modelWaitSeconds: 20, leaseSeconds: 60, reservationMs: 60_000 }

it('annotateImage() releases a photo whose second request could not start in time, without counting it', async () => {
  const photo = upload(png)
  const model = emulated.model({ requestsPerMinute: 1 })
  const run = annotateImage(photo, services(model), readConfig({}), { limits })
  await expect(run).rejects.toMatchObject({ code: 'model-rate-limited', retryable: true })
  const { status, lease, steps, attempts } = annotationOf(photo)!
  expect({ status, lease, attempts }).toEqual({ status: 'processing', lease: null, attempts: 0 })
  expect(steps.describe).toMatchObject({ state: 'succeeded', paidCalls: 1 })
  expect(steps.locate).toMatchObject({ state: 'pending' })
  expect(steps.locate).not.toHaveProperty('paidCalls')
  expect(await emulated.journal()).toHaveLength(1)
  // Only the missing step is sent by the next delivery, in an instance that has sent nothing yet.
  await annotateImage(photo, services(emulated.model({ requestsPerMinute: 1 })), readConfig({}), { limits })
  expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', steps: { locate: { paidCalls: 1 } } })
  expect(await emulated.journal()).toHaveLength(2)
})
