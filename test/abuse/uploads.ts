import sharp from 'sharp'
import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Photo } from '../../functions/src/document/annotation.ts'
import { newAnnotation } from '../../functions/src/document/new-annotation.ts'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import { annotateImage } from '../../functions/src/pipeline/annotate-image.ts'
import { type AbuseResult, cpuSecondsSince, type Size } from './result.ts'
import { abuseWorld } from './world.ts'

const SIZES = { small: { photos: 20, due: 1200 }, full: { photos: 500, due: 20_000 } }

function photoOf(owner: string, number: number): Photo {
  const name = `users/${owner}/uploads/${number}.png`
  return {
    imageId: imageIdOf('bucket', name),
    owner,
    bucket: 'bucket',
    name,
    generation: '1',
    contentType: 'image/png',
    sizeBytes: 9,
  }
}

/** Photos of a user whose allowance is used up. None may be downloaded. */
export async function attackWithUploadsOverQuota(size: Size): Promise<AbuseResult> {
  const { photos: count } = SIZES[size]
  const { services, photos } = abuseWorld()
  const bytes = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  let downloads = 0
  const { readUpload } = photos
  photos.readUpload = async (...given) => {
    downloads++
    return readUpload.call(photos, ...given)
  }
  const config = { ...readConfig(), tokensPerDay: 1000 }
  let refused = 0
  const before = process.cpuUsage()
  for (let number = 0; number < count; number++) {
    const photo = photoOf('mallory', number)
    photos.files.set(photo.name, { bytes, contentType: 'image/png', generation: '1' })
    const outcome = await annotateImage(photo, services, config)
    if (outcome.ended === 'finished' && outcome.status === 'deferred') refused++
  }
  return {
    attack: `${count} photos over quota`,
    attempted: count,
    refused,
    tokens: 0,
    cpuSeconds: cpuSecondsSince(before),
    failuresOfOthers: 0,
    bound: `no download (${downloads} found)`,
    holds: downloads === 0 && refused === count,
  }
}

/** Due photos of one user, and one of another. The sweep must queue the other user's photo. */
export async function attackSweep(size: Size): Promise<AbuseResult> {
  const { due } = SIZES[size]
  const { services, annotations, photos, upkeep } = abuseWorld()
  const past = (ms: number) => new Date(Date.now() - ms)
  const add = (photo: Photo, dueAt: Date) => {
    photos.files.set(photo.name, { bytes: Buffer.from('x'), contentType: 'image/png', generation: '1' })
    annotations.documents.set(photo.imageId, newAnnotation(photo, { token: '', expiresAt: dueAt }, dueAt))
  }
  for (let number = 0; number < due; number++) add(photoOf('mallory', number), past(3_600_000 - number))
  const alice = photoOf('alice', 0)
  add(alice, past(1000))
  const before = process.cpuUsage()
  const report = await sweep(services, readConfig(), { walk: 'when-due', budgetMs: 60_000 })
  const queued = [...upkeep.tasks.values()].some(({ name }) => name === alice.name)
  return {
    attack: `${due} due photos of one user before one of another`,
    attempted: due,
    refused: due + 1 - report.redriven,
    tokens: 0,
    cpuSeconds: cpuSecondsSince(before),
    failuresOfOthers: queued ? 0 : 1,
    bound: "the next sweep queues the other user's photo",
    holds: queued,
  }
}
