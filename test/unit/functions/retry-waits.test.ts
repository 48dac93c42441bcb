import { describe, expect, it } from 'vitest'
import { useEmulatedModel } from '../../support/emulated-model.ts'
import { annotate, annotationOf, png, upload } from '../../support/photo-run.ts'

const emulated = useEmulatedModel()
/** Takes 20 ms for each second of a wait, varied by half. */
const model = () => emulated.model({ retry: { attempts: 3, firstWaitMs: 20, maxWaitMs: 1000 } })
const run = async (photo: ReturnType<typeof upload>) =>
  annotate(photo, { model: model(), requests: [] }, undefined, {}, { now: () => new Date() })

describe('annotateImage() reports the waits for retries', () => {
  it('apart from the working time of the steps', async () => {
    // 2 s and 8 s.
    await emulated.script({
      match: { textIncludes: 'Describe this picture' },
      times: 2,
      reply: { status: 503 },
    })
    const photo = upload(png)
    expect(await run(photo)).toMatchObject({ status: 'succeeded' })
    const { describe: working = 0, modelRetryWait = 0, total = 0 } = annotationOf(photo)!.timingsMs!
    expect(modelRetryWait).toBeGreaterThanOrEqual(99)
    expect(working).toBeGreaterThan(0)
    expect(working + modelRetryWait).toBeLessThanOrEqual(total + 1)
  })

  it('of a run that was deferred', async () => {
    await emulated.script({ times: 1, reply: { status: 503 } })
    await emulated.script({ reply: { status: 403 } })
    const photo = upload(png)
    const outcome = await run(photo)
    expect(outcome).toMatchObject({ status: 'deferred', timingsMs: { modelRetryWait: expect.any(Number) } })
    expect(annotationOf(photo)?.timingsMs?.modelRetryWait).toBeGreaterThanOrEqual(19)
  })

  it('of a run that released its lease, until the next run', async () => {
    await emulated.script({ times: 6, reply: { status: 503 } })
    const photo = upload(png)
    await expect(run(photo)).rejects.toMatchObject({ code: 'model-unavailable' })
    expect(annotationOf(photo)?.timingsMs?.modelRetryWait).toBeGreaterThanOrEqual(99)
    expect(await run(photo)).toMatchObject({ status: 'succeeded' })
    expect(annotationOf(photo)?.timingsMs).not.toHaveProperty('modelRetryWait')
  })
})
