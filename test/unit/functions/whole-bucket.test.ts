import { beforeEach, expect, it } from 'vitest'
import { readConfig } from '../../../functions/src/config/read-config.ts'
import { imageIdOf } from '../../../functions/src/document/storage-paths.ts'
import { advanceBackfill, startBackfill } from '../../../functions/src/maintenance/backfill.ts'
import { advanceErasure, erasureKey, requestErasure } from '../../../functions/src/maintenance/erasure.ts'
import { sweep } from '../../../functions/src/maintenance/sweep.ts'
import { annotateImage } from '../../../functions/src/pipeline/annotate-image.ts'
import { annotations, clock, photos, png, services, upkeep } from '../../support/photo-run.ts'
import { scriptedModel } from '../../support/vision.ts'

/* Upload paths that match whole folders, with other files in them. */

const config = readConfig({
  UPLOAD_PATH: 'users/{uid}/{path=**}',
  EXCLUDE_PATH_LIST: '/users/*/private',
  RETENTION_DAYS: '1',
})
const PHOTO = 'users/alice/album/ball.png'
const OTHERS = ['users/alice/invoices/2026.pdf', 'users/alice/backup', 'users/alice/private/x.png']
const TYPES = ['application/pdf', '', 'image/png']

const world = () => services(scriptedModel().model)
const store = (name: string, contentType: string) =>
  photos.files.set(name, { bytes: png, contentType, generation: '1700000000000001', createdAt: new Date(0) })
const otherFiles = () => OTHERS.filter((name) => photos.files.has(name))

beforeEach(() => {
  store(PHOTO, 'image/png')
  for (const [index, name] of OTHERS.entries()) store(name, TYPES[index]!)
})

async function annotatePhoto(name: string): Promise<void> {
  const photo = (await photos.findUpload('bucket', name, 'alice'))!
  await annotateImage(photo, world(), readConfig({ UPLOAD_PATH: config.uploadPath }))
}

it('retention deletes photos, and no other files', async () => {
  expect(await sweep(world(), config, { walk: 'now', budgetMs: 1000 })).toMatchObject({ expired: 1 })
  expect(photos.files.has(PHOTO)).toBe(false)
  expect(otherFiles()).toEqual(OTHERS)
})

it('scans and backfills queue photos, and no other files', async () => {
  const kept = { ...config, retentionDays: 0 }
  expect(await sweep(world(), kept, { walk: 'now', budgetMs: 1000 })).toMatchObject({ queued: 1 })
  upkeep.tasks.clear()
  const id = await startBackfill({ maxPhotos: 10, dryRun: false }, 'operator', world())
  expect(await advanceBackfill(id, world(), kept, () => true)).toMatchObject({ seen: 1, photos: 1 })
  expect([...upkeep.tasks.values()]).toMatchObject([{ name: PHOTO }])
})

it('an erasure deletes photos of the user, also excluded ones that were annotated before, and no other files', async () => {
  const [, , excluded = ''] = OTHERS
  await annotatePhoto(PHOTO)
  await annotatePhoto(excluded)
  clock.now = new Date(clock.now.getTime() + 60_000)
  await requestErasure('alice', 'alice', world(), config)
  const erasure = await advanceErasure(erasureKey('alice'), world(), config, () => true)
  expect(erasure.deleted).toMatchObject({ photos: 2, documents: 2 })
  expect(otherFiles()).toEqual(OTHERS.slice(0, 2))
})

it('a sweep removes the results of an excluded photo that was annotated before', async () => {
  const [, , excluded = ''] = OTHERS
  await annotatePhoto(excluded)
  photos.files.delete(excluded)
  expect(
    await sweep(world(), { ...config, retentionDays: 0 }, { walk: 'now', budgetMs: 1000 }),
  ).toMatchObject({
    removed: 1,
  })
  expect(annotations.documents.get(imageIdOf('bucket', excluded))).toMatchObject({ status: 'deleted' })
})
