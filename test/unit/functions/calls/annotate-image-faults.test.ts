import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../../../functions/src/config/read-config.ts'
import type { Annotation } from '../../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import { annotateImage } from '../../../../functions/src/pipeline/annotate-image.ts'
import { getServices } from '../../../../functions/src/services.ts'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { BUCKET, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const PATH = 'users/alice/uploads/scene.png'
let quota: ReturnType<typeof memoryQuota>
beforeEach(async () => {
  quota = memoryQuota()
  calls.reset({ quota })
  calls.store(PATH, png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

const document = (): Annotation => calls.annotations.documents.get(imageIdOf(BUCKET, PATH))!
const spent = () => [...quota.projectTokens.values()].reduce((sum, tokens) => sum + tokens, 0)
const event = async () => {
  const services = await getServices(readConfig(), () => '')
  const photo = (await services.photos.findUpload(BUCKET, PATH, 'alice'))!
  return annotateImage(photo, services, readConfig())
}
const TOO_EXPENSIVE = {
  status: 402,
  body: { error: { code: 402, status: 'RESOURCE_EXHAUSTED', message: '' } },
}

describe('annotateImage(), after a failure', () => {
  it.each([
    ['the quota is exhausted', () => vi.stubEnv('TOKENS_PER_DAY', String(spent() + 100))],
    ['the model is unavailable', async () => calls.script({ reply: { status: 503 } })],
  ])('keeps the earlier results of a photo when a forced run fails because %s', async (_, failRun) => {
    await calls.call('annotateImage', { path: PATH })
    const { caption, objects } = document()
    const files = [...calls.photos.files.keys()]
    await failRun()
    const { error } = await calls.call('annotateImage', { path: PATH, force: true })
    expect(error).toBeDefined()
    expect(document()).toMatchObject({ caption, objects })
    // The files that the document references.
    expect([...calls.photos.files.keys()]).toEqual(files)
  })

  it('keeps the earlier files when the objects cannot be located again', async () => {
    await calls.call('annotateImage', { path: PATH })
    const files = [...calls.photos.files.keys()]
    await calls.script({
      match: { textIncludes: 'segmentation masks' },
      reply: { text: 'no', finishReason: 'SAFETY' },
    })
    await calls.call('annotateImage', { path: PATH, force: true })
    expect(document()).toMatchObject({ status: 'partial', error: { code: 'blocked-safety' } })
    expect([...calls.photos.files.keys()]).toEqual(files)
  })

  it('leaves a photo to the redelivery of its event', async () => {
    await calls.script({ reply: { status: 503 } })
    await expect(event()).rejects.toMatchObject({ code: 'model-unavailable' })
    await calls.call('annotateImage', { path: PATH })
    await calls.forget()
    expect(await event()).toMatchObject({ status: 'succeeded' })
  })

  it('leaves a photo deferred while the model budget is exhausted', async () => {
    await calls.script({ reply: TOO_EXPENSIVE })
    expect(await event()).toMatchObject({ status: 'deferred' })
    await calls.call('annotateImage', { path: PATH })
    expect(document().status).toBe('deferred')
  })
})
