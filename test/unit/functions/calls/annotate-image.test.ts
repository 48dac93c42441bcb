import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type AnnotateImageResult,
  annotateImageResult,
} from '../../../../functions/src/api/annotate-image.ts'
import type { DetectObjectsResult } from '../../../../functions/src/api/detect-objects.ts'
import type { Annotation } from '../../../../functions/src/document/annotation.ts'
import { imageIdOf } from '../../../../functions/src/document/storage-paths.ts'
import { BUCKET, startCalls } from '../../../support/calls.ts'
import { drawScene, FOUR_SHAPES } from '../../../support/scene.ts'

const { png } = await drawScene(FOUR_SHAPES)
const calls = await startCalls()
afterAll(() => calls.close())

const PATH = 'users/alice/uploads/scene.png'
const imageId = imageIdOf(BUCKET, PATH)
beforeEach(async () => {
  calls.reset()
  calls.store(PATH, png)
  await calls.forget()
})
afterEach(() => vi.unstubAllEnvs())

const annotate = async (data: object = {}, init = {}) =>
  calls.call<AnnotateImageResult>('annotateImage', { path: PATH, ...data }, init)
const document = (): Annotation => calls.annotations.documents.get(imageId)!
const files = () => [...calls.photos.files.keys()].filter((name) => name !== PATH).toSorted()
const describePrompt = { textIncludes: 'Describe this picture' }
const locatePrompt = { textIncludes: 'segmentation masks' }

/** The photo has ended, with nothing. */
async function endBadly(): Promise<void> {
  vi.stubEnv('MAX_IMAGE_PIXELS', '1000')
  await annotate()
  vi.unstubAllEnvs()
  expect(document().status).toBe('rejected')
}

describe('annotateImage', () => {
  it('annotates a photo without an event', async () => {
    const { result } = await annotate()
    expect(annotateImageResult.parse(result)).toEqual({
      imageId,
      generation: '1700000000000001',
      status: 'succeeded',
      ran: true,
    })
    expect(document()).toMatchObject({ status: 'succeeded', owner: 'alice', lease: null, attempts: 1 })
    expect(files()).toHaveLength(7)
  })

  it('leaves a photo that has succeeded as it is, and pays nothing', async () => {
    await annotate()
    const before = document()
    await calls.forget()
    const { result } = await annotate()
    expect(result).toMatchObject({ status: 'succeeded', ran: false })
    expect(document()).toEqual(before)
    expect(await calls.requests()).toEqual([])
  })

  it('runs it all again with force, and writes over nothing of the first run', async () => {
    await annotate()
    const { createdAt, overlay } = document()
    const earlier = files()
    const detected = await calls.call<DetectObjectsResult>('detectObjects', {
      image: { path: PATH },
      output: 'stored',
    })
    await calls.forget()
    await calls.script({
      match: locatePrompt,
      reply: { text: JSON.stringify([{ box_2d: [0, 0, 500, 500], label: 'thing' }]) },
    })
    const { result } = await annotate({ force: true })
    expect(result).toMatchObject({ status: 'succeeded', ran: true })
    expect(await calls.requests()).toHaveLength(2)
    expect(document().objects).toHaveLength(1)
    expect(document().createdAt).toEqual(createdAt)
    // What no document names any more is left to the sweeper.
    const folder = document().overlay!.path.replace('overlay.png', '')
    expect(overlay!.path).not.toContain(folder)
    const added = [`${folder}answer.json`, detected.result!.stored!.path, `${folder}overlay.png`]
    expect(files()).toEqual([...earlier, ...added].toSorted())
  })

  it('asks only for what is missing of a photo that has a part', async () => {
    await calls.script({ match: describePrompt, reply: { text: 'no', finishReason: 'SAFETY' } })
    expect((await annotate()).result).toMatchObject({ status: 'partial', error: { code: 'blocked-safety' } })
    const { objects } = document()
    await calls.forget()
    expect((await annotate()).result).toEqual({
      imageId,
      generation: '1700000000000001',
      status: 'succeeded',
      ran: true,
    })
    expect(await calls.requests()).toHaveLength(1)
    expect(document()).toMatchObject({ status: 'succeeded', caption: expect.stringContaining('circle') })
    expect(document().objects).toEqual(objects)
    expect(document().error).toBeUndefined()
  })

  it('counts what all runs have paid', async () => {
    await calls.script({ match: describePrompt, reply: { text: 'no', finishReason: 'SAFETY' } })
    await annotate()
    const before = document().usage!
    await calls.forget()
    await annotate()
    expect(document().usage!.calls).toBe(before.calls + 1)
    expect(document().usage!.totalTokens).toBeGreaterThan(before.totalTokens)
  })

  it('returns the code of a rejected photo without reading it, until the limit was raised', async () => {
    vi.stubEnv('MAX_IMAGE_PIXELS', '1000')
    const refusal = { status: 'INVALID_ARGUMENT', details: { reason: 'too-many-pixels', retryable: false } }
    expect((await annotate()).error).toMatchObject(refusal)
    const rejected = document()
    expect(rejected).toMatchObject({ status: 'rejected', error: { code: 'too-many-pixels' } })

    const read = vi.spyOn(calls.photos, 'readUpload')
    expect((await annotate()).error).toMatchObject(refusal)
    expect(document()).toEqual(rejected)
    expect(read).not.toHaveBeenCalled()
    vi.unstubAllEnvs()
    expect((await annotate()).result).toMatchObject({ status: 'succeeded' })
  })

  it('runs a rejected photo again with force', async () => {
    calls.store(PATH, Buffer.from('no image'))
    await annotate()
    const read = vi.spyOn(calls.photos, 'readUpload')
    expect((await annotate()).error).toMatchObject({ details: { reason: 'unsupported-type' } })
    expect(read).not.toHaveBeenCalled()
    expect((await annotate({ force: true })).error).toMatchObject({ details: { reason: 'unsupported-type' } })
    expect(read).toHaveBeenCalledOnce()
  })

  it('ends the document of a photo that had ended too when the model is not available: nothing else would', async () => {
    await endBadly()
    await calls.script({ reply: { status: 503 } })
    const { error } = await annotate()
    expect(error).toMatchObject({
      status: 'UNAVAILABLE',
      details: { reason: 'model-unavailable', retryable: true },
    })
    expect(document()).toMatchObject({ status: 'failed', lease: null, error: { code: 'model-unavailable' } })
    await calls.forget()
    expect((await annotate()).result).toMatchObject({ status: 'succeeded' })
  })

  it('leaves a photo that had not ended to its event, when the model is not available', async () => {
    await calls.script({ reply: { status: 503 } })
    expect((await annotate()).error?.details?.reason).toBe('model-unavailable')
    expect(document()).toMatchObject({
      status: 'processing',
      lease: null,
      error: { code: 'model-unavailable' },
    })
  })

  it('keeps the half that came when the other is not available', async () => {
    await endBadly()
    await calls.script({ match: locatePrompt, reply: { status: 503 } })
    expect((await annotate()).result).toMatchObject({
      status: 'partial',
      error: { code: 'model-unavailable' },
    })
    expect(document()).toMatchObject({ status: 'partial', caption: expect.stringContaining('circle') })
    await calls.forget()
    expect((await annotate()).result).toMatchObject({ status: 'succeeded' })
    expect(await calls.requests()).toHaveLength(1)
  })

  it('ends the document when a store breaks on the way', async () => {
    await endBadly()
    calls.photos.writeResult = async () => {
      throw new Error('CANARY')
    }
    expect((await annotate()).error).toMatchObject({ status: 'INTERNAL', details: { reason: 'internal' } })
    expect(document()).toMatchObject({ status: 'failed', lease: null, error: { code: 'internal' } })
  })

  it('fails while another worker holds the photo', async () => {
    await calls.script({ reply: { delayMs: 500 } })
    const [first, second] = await Promise.all([annotate(), annotate()])
    const [won, lost] = first.result ? [first, second] : [second, first]
    expect(won.result).toMatchObject({ status: 'succeeded' })
    expect(lost.error).toMatchObject({
      status: 'ABORTED',
      details: { reason: 'claimed-elsewhere', retryable: true },
    })
    expect(await calls.requests()).toHaveLength(2)
  })

  it('refuses a photo of another user, and one that is not there', async () => {
    calls.store('users/bob/uploads/scene.png', png)
    for (const [path, reason] of [
      ['users/bob/uploads/scene.png', 'path-not-allowed'],
      ['users/alice/uploads/../../bob/uploads/scene.png', 'path-not-allowed'],
      ['gs://other/users/alice/uploads/scene.png', 'path-not-allowed'],
      ['users/alice/uploads/none.png', 'object-gone'],
    ] as const) {
      expect((await annotate({ path })).error).toMatchObject({ details: { reason } })
    }
    expect(calls.annotations.documents.size).toBe(0)
    expect(await calls.requests()).toEqual([])
  })

  it('refuses who is not signed in, and what it does not understand', async () => {
    expect((await annotate({}, { uid: null })).error).toMatchObject({
      details: { reason: 'unauthenticated' },
    })
    expect((await annotate({ force: 'yes' })).error).toMatchObject({ details: { reason: 'invalid-request' } })
    expect((await annotate({ path: undefined })).error).toMatchObject({
      details: { reason: 'invalid-request' },
    })
    expect((await annotate({ url: 'https://a.example' })).error).toMatchObject({
      details: { reason: 'invalid-request' },
    })
  })
})
