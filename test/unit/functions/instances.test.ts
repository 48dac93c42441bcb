import { beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { LEASE_SECONDS } from '../../../functions/src/config/time-limits.ts'
import type { Photo } from '../../../functions/src/document/annotation.ts'
import { advanceErasure, erasureKey, requestErasure } from '../../../functions/src/maintenance/erasure.ts'
import type { Upkeep } from '../../../functions/src/ports/upkeep.ts'
import {
  annotate,
  annotationOf,
  annotations,
  clock,
  NAME,
  photos,
  png,
  results,
  services,
  upkeep,
  upload,
} from '../../support/photo-run.ts'
import { FULL, hours, sweepWith } from '../../support/sweep-run.ts'
import { scriptedModel } from '../../support/vision.ts'

/* Two instances with one collection and one bucket: photos of one are not touched by the other. */

const OWN = {}
const OTHER = { UPLOAD_PATH: 'users/{uid}/receipts/{fileName}' }

let photo: Photo
beforeEach(() => {
  photo = upload(png)
})

const sweepAs = async (variables: Record<string, string>, changes: Partial<Upkeep> = {}) =>
  sweepWith(FULL, { variables, changes: { upkeep: { ...upkeep, ...changes } } })

describe('sweep() with another instance in the same collection and bucket', () => {
  it("leaves the other instance's overdue photos to its sweep", async () => {
    const lease = { token: 'dead', expiresAt: new Date(clock.now.getTime() + LEASE_SECONDS * 1000) }
    await annotations.claim(photo, lease, clock.now)
    hours(1)
    expect(await sweepAs(OTHER)).toMatchObject({ redriven: 0, queued: 0, known: 0 })
    expect(await sweepAs(OWN)).toMatchObject({ redriven: 1 })
  })

  it("removes no document of the other instance's photos", async () => {
    await annotate(photo)
    photos.files.delete(NAME)
    expect(await sweepAs(OTHER)).toMatchObject({ removed: 0 })
    expect(annotationOf(photo)).toMatchObject({ status: 'succeeded' })
    expect(await sweepAs(OWN)).toMatchObject({ removed: 1 })
  })

  it('deletes no results of documents in another collection', async () => {
    await annotate(photo)
    const stored = results()
    annotations.documents.clear()
    const objects: Upkeep['objects'] = {
      ...upkeep.objects,
      async list(...place) {
        const page = await upkeep.objects.list(...place)
        return { ...page, objects: page.objects.map((object) => ({ ...object, isForeign: true })) }
      },
    }
    expect(await sweepAs(OWN, { objects })).toMatchObject({ deletedFiles: 0 })
    expect(results()).toEqual(stored)
    expect(await sweepAs(OWN)).toMatchObject({ deletedFiles: stored.length })
  })
})

it("an erasure leaves the documents and results of the other instance's photos", async () => {
  await annotate(photo)
  const stored = results()
  const world = services(scriptedModel().model)
  const eraseAs = async (variables: Record<string, string>) => {
    const config = readConfig(variables)
    await requestErasure('alice', 'alice', world, config)
    return advanceErasure(erasureKey('alice'), world, config, () => true)
  }
  expect(await eraseAs(OTHER)).toMatchObject({ deleted: { photos: 0, documents: 0, files: 0 } })
  expect(annotationOf(photo)).toMatchObject({ status: 'succeeded', owner: 'alice' })
  expect(results()).toEqual(stored)
  expect(await eraseAs(OWN)).toMatchObject({ deleted: { photos: 1, documents: 1, files: stored.length } })
})
