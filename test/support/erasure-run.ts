import { readConfig } from '../../functions/src/config/read-config.ts'
import type { Photo } from '../../functions/src/document/annotation.ts'
import { imageIdOf, resultPaths } from '../../functions/src/document/storage-paths.ts'
import { advanceErasure, erasureKey, requestErasure } from '../../functions/src/maintenance/erasure.ts'
import { sweep } from '../../functions/src/maintenance/sweep.ts'
import { annotateImage } from '../../functions/src/pipeline/annotate-image.ts'
import type { Services } from '../../functions/src/ports/services.ts'
import { memoryQuota } from '../../functions/src/stores/memory/memory-quota.ts'
import { annotations, clock, modelFiles, photos, png, services, upkeep } from './photo-run.ts'
import { scriptedModel } from './vision.ts'

/* Erasures on the memory stores of photo-run.ts. Files get the time of the stopped clock. */

export const CONFIG = readConfig({})
export const GENERATION = '1700000000000001'
export const always = () => true

export function later(minutes: number): void {
  clock.now = new Date(clock.now.getTime() + minutes * 60_000)
}

/** Services whose files have the time of the clock, with a quota that counts. */
export function erasureServices(script = scriptedModel(), quota = memoryQuota()): Services {
  return {
    ...services(script.model, quota),
    photos: {
      ...photos,
      async writeResult(_photo, path, bytes, contentType) {
        photos.files.set(path, { bytes, contentType, generation: '1', createdAt: clock.now })
      },
    },
  }
}

export function storeUpload(name: string, owner: string, generation = GENERATION): Photo {
  photos.files.set(name, { bytes: png, contentType: 'image/png', generation, createdAt: clock.now })
  const imageId = imageIdOf('bucket', name)
  return {
    imageId,
    owner,
    bucket: 'bucket',
    name,
    generation,
    contentType: 'image/png',
    sizeBytes: png.length,
  }
}

/** A user with an annotated photo, a stored detection, and a copy for each provider of the model. */
export async function storeUser(uid: string, world: Services): Promise<Photo> {
  const photo = storeUpload(`users/${uid}/uploads/ball.png`, uid)
  await annotateImage(photo, world, CONFIG)
  const detection = resultPaths(photo).detection('d1').objects
  const copy = `users/${uid}/model-inputs/${'a'.repeat(64)}.jpg`
  for (const path of [detection, copy]) await world.photos.writeResult(photo, path, png, 'image/png')
  const expiresAt = new Date(clock.now.getTime() + 48 * 3_600_000)
  await modelFiles.records.put(`key-${uid}`, { uri: `files/${uid}`, expiresAt, owner: uid, photo })
  return photo
}

export async function erase(uid: string, world: Services, hasTime = always, by = uid) {
  await requestErasure(uid, by, world, CONFIG)
  return advanceErasure(erasureKey(uid), world, CONFIG, hasTime)
}

export async function sweepErasures(world: Services) {
  return sweep(world, CONFIG, { walk: 'when-due', budgetMs: 60_000 })
}

/** The erasure and its second pass. */
export async function eraseCompletely(uid: string, world: Services) {
  await erase(uid, world)
  later(32)
  await sweepErasures(world)
  return erasureOf(uid)
}

export const erasureOf = (uid: string) => upkeep.values.get(`firesightErasures/${erasureKey(uid)}`)

/** Everything that is stored, except erasures, as text. */
export function stored(): string {
  const values = [...upkeep.values].filter(([path]) => !path.startsWith('firesightErasures/'))
  return JSON.stringify([
    [...annotations.documents],
    [...photos.files.keys()],
    [...modelFiles.records.files],
    values,
  ])
}
