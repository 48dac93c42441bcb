import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { isStillRejected } from '../../../functions/src/document/claim.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { annotationOf, annotations, fails, png, services, upload } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const heic = await readFile(new URL('../../fixtures/four-shapes.heic', import.meta.url))

const run = async (photo: ReturnType<typeof upload>, parameters = {}, { model } = scriptedModel()) =>
  annotateImage(photo, services(model), readConfig(parameters), { again: 'unless-succeeded' })

describe('annotateImage() of a photo that was rejected', () => {
  it.each([
    ['MAX_IMAGE_BYTES', png, 'file-too-large', '100', '1000000'],
    ['MAX_IMAGE_PIXELS', png, 'too-many-pixels', '4799', '4800'],
    ['HEIC', heic, 'heic-disabled', 'off', 'original'],
  ])('runs again when %s has changed', async (name, bytes, code, before, after) => {
    const photo = upload(bytes)
    expect(await run(photo, { [name]: before })).toMatchObject({ status: 'rejected', code })
    expect(annotationOf(photo)?.error?.limit).toEqual({
      name,
      value: name === 'HEIC' ? before : Number(before),
    })
    expect(await run(photo, { [name]: before })).toEqual({ ended: 'skipped', reason: 'rejected', code })
    expect(await run(photo, { [name]: after })).toMatchObject({ status: 'succeeded' })
  })

  it.each([
    ['original', 'decode'],
    ['decode', 'original'],
  ])('of HEIC with HEIC=%s runs again with HEIC=%s, which may read the file', async (HEIC, other) => {
    const photo = upload(heic.subarray(0, heic.length / 2))
    const rejected = { status: 'rejected', code: 'corrupt-image' }
    expect(await run(photo, { HEIC })).toMatchObject(rejected)
    expect(await run(photo, { HEIC })).toMatchObject({ ended: 'skipped', reason: 'rejected' })
    expect(await run(photo, { HEIC: other })).toMatchObject(rejected)
  })

  it('runs once more if an earlier version has stored no limit', async () => {
    const photo = upload(png)
    await run(photo, { MAX_IMAGE_PIXELS: '1000' })
    const { error, ...rejected } = annotationOf(photo)!
    const { limit: _, ...withoutLimit } = error!
    annotations.documents.set(photo.imageId, { ...rejected, schemaVersion: 1, error: withoutLimit })
    expect(await run(photo, { MAX_IMAGE_PIXELS: '1000' })).toMatchObject({ ended: 'finished' })
    expect(await run(photo, { MAX_IMAGE_PIXELS: '1000' })).toMatchObject({ ended: 'skipped' })
  })

  it('does not run for another limit than the one that rejected it, or a lower one', () => {
    const limit = { name: 'MAX_IMAGE_BYTES', value: 100 } as const
    const error = { code: 'file-too-large', message: '', retryable: false, limit } as const
    const rejected = { status: 'rejected', error } as const
    const limits = { MAX_IMAGE_BYTES: 100, MAX_IMAGE_PIXELS: 9, HEIC: 'off' }
    expect(isStillRejected(rejected, { ...limits, MAX_IMAGE_PIXELS: 10, HEIC: 'decode' })).toBe(true)
    expect(isStillRejected(rejected, { ...limits, MAX_IMAGE_BYTES: 99 })).toBe(true)
    expect(isStillRejected(rejected, { ...limits, MAX_IMAGE_BYTES: 101 })).toBe(false)
  })

  it('runs again if the model had refused it', async () => {
    const photo = upload(png)
    const refusal = [fails('model-refused-image')]
    const refusing = scriptedModel({ describe: refusal, locate: refusal })
    expect(await run(photo, {}, refusing)).toMatchObject({ status: 'rejected' })
    expect(await run(photo)).toMatchObject({ status: 'succeeded' })
  })
})
