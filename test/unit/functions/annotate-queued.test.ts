import { beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { annotateQueued } from '../../../functions/src/maintenance/annotate-queued.ts'
import {
  annotate,
  annotateLast,
  annotationOf,
  annotations,
  drawnPaths,
  fails,
  NAME,
  photos,
  png,
  remove,
  results,
  services,
  upload,
} from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

const CONFIG = readConfig({})

let script: ReturnType<typeof scriptedModel>
beforeEach(() => {
  script = scriptedModel()
})

describe('annotateQueued()', () => {
  const run = async (name = NAME, bucket = 'bucket') =>
    annotateQueued({ bucket, name }, services(script.model), CONFIG)

  it('annotates the live generation of the name, with the claim of an event', async () => {
    const photo = upload(png)
    expect(await run()).toMatchObject({ photo, outcome: { status: 'succeeded' } })
    expect(await run()).toMatchObject({ outcome: { ended: 'skipped', reason: 'duplicate' } })
    expect(script.requests).toHaveLength(2)
  })

  it('removes the results of a deleted photo', async () => {
    const photo = upload(png)
    await annotateLast(photo, scriptedModel({ locate: [fails('model-unavailable')] }))
    photos.files.delete(NAME)
    expect(await run()).toMatchObject({ outcome: { status: 'deleted' } })
    expect(results()).toEqual([])
    expect(await run()).toBeUndefined()
  })

  it('accepts only uploads of its own bucket', async () => {
    photos.files.set('other.png', { bytes: png, contentType: 'image/png', generation: '1' })
    expect(await run('other.png')).toBeUndefined()
    upload(png)
    expect(await run(NAME, 'elsewhere')).toBeUndefined()
    expect(annotations.documents.size).toBe(0)
  })

  it('restores no deleted photo', async () => {
    const photo = upload(png)
    await annotate(photo)
    photos.files.delete(NAME)
    await remove(photo)
    expect(await run()).toBeUndefined()
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
  })

  it('removes nothing if the photo was uploaded again after its document was read', async () => {
    const photo = upload(png, '1')
    await annotate(photo)
    photos.files.delete(NAME)
    const { findUpload } = photos
    let current: Photo | undefined
    photos.findUpload = async (bucket, name, owner) => {
      const found = await findUpload(bucket, name, owner)
      if (!current) {
        current = upload(png, '2')
        await annotate(current)
      }
      return found
    }
    await annotateQueued({ bucket: 'bucket', name: NAME }, services(script.model), CONFIG)
    expect(annotationOf(photo)).toMatchObject({ generation: '2', status: 'succeeded' })
    expect(photos.files.has(drawnPaths(current!).overlay)).toBe(true)
  })
})
