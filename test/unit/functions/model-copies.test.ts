import { describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { VisionError } from '../../../functions/src/errors.ts'
import { sweep } from '../../../functions/src/maintenance/sweep.ts'
import { removeAnnotation } from '../../../functions/src/pipeline/annotate-image.ts'
import {
  annotate,
  annotationOf,
  clock,
  modelFiles,
  NAME,
  photos,
  png,
  remove,
  results,
  services,
  upload,
} from '../../support/photo-run.ts'
import { OBJECTS, scriptedModel } from '../../support/vision.ts'

/** A copy at the model service, with its record. */
async function copyOf({ imageId, generation }: Photo, uri = 'files/copy'): Promise<void> {
  const expiresAt = new Date(clock.now.getTime() + 48 * 3600 * 1000)
  await modelFiles.records.put(uri, { uri, expiresAt, owner: 'alice', photo: { imageId, generation } })
}

const recorded = () => [...modelFiles.records.files.values()].map(({ uri, toDelete }) => ({ uri, toDelete }))
const sweepNow = async (changes = {}) =>
  sweep({ ...services(scriptedModel().model), ...changes }, readConfig({}), { walk: 'now', budgetMs: 60_000 })

/** A model service that does not answer. */
const unavailable = {
  get modelFiles() {
    const uploads = {
      remove: async () => {
        throw new VisionError('model-unavailable', 'scripted')
      },
    }
    return { ...modelFiles, uploads }
  },
}

describe('removeAnnotation()', () => {
  it('deletes the copies of the photo at the model service, and their records', async () => {
    const photo = upload(png)
    await copyOf(photo)
    await copyOf({ ...photo, imageId: 'another-photo' }, 'files/other')
    await remove(photo)
    expect(modelFiles.removed).toEqual(['files/copy'])
    expect(recorded()).toEqual([{ uri: 'files/other', toDelete: false }])
  })

  it('keeps the copies of a newer upload', async () => {
    const photo = upload(png)
    await copyOf({ ...photo, generation: '1700000000000002' }, 'files/newer')
    await copyOf(photo)
    await remove(photo)
    expect(modelFiles.removed).toEqual(['files/copy'])
  })

  it('removes the results while the model service does not answer, and a sweep deletes the copies', async () => {
    const photo = upload(png)
    await annotate(photo)
    await copyOf(photo)
    photos.files.delete(NAME)
    const run = { ...services(scriptedModel().model), ...unavailable }
    expect(await removeAnnotation(photo, run)).toMatchObject({ deleted: 0, left: 1 })
    expect(annotationOf(photo)).toMatchObject({ status: 'deleted' })
    expect(results()).toEqual([])
    expect(await modelFiles.records.get('files/copy')).toBeUndefined()
    expect(await sweepNow(unavailable)).toMatchObject({ deletedCopies: 0, copiesLeft: 1 })
    expect(await sweepNow()).toMatchObject({ deletedCopies: 1, copiesLeft: 0 })
    expect(modelFiles.removed).toEqual(['files/copy'])
    expect(recorded()).toEqual([])
  })
})

it('annotateImage() deletes a copy that it uploaded after the photo was deleted', async () => {
  const photo = upload(png)
  const script = scriptedModel({
    locate: [
      async () => {
        photos.files.delete(NAME)
        await remove(photo)
        await copyOf(photo)
        return OBJECTS
      },
    ],
  })
  await annotate(photo, script)
  expect(modelFiles.removed).toEqual(['files/copy'])
  expect(recorded()).toEqual([])
})

it('sweep() marks copies that were uploaded for a deleted photo, and keeps those of a photo', async () => {
  const photo = upload(png)
  await annotate(photo)
  await copyOf(photo)
  await sweepNow()
  expect(recorded()).toEqual([{ uri: 'files/copy', toDelete: false }])
  photos.files.delete(NAME)
  await remove(photo)
  await copyOf(photo, 'files/late')
  await sweepNow()
  expect(recorded()).toEqual([{ uri: 'files/late', toDelete: true }])
  expect(await sweepNow()).toMatchObject({ deletedCopies: 1 })
  expect(recorded()).toEqual([])
})
