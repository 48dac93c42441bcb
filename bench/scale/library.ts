import { createHash } from 'node:crypto'
import { imageIdOf, resultPaths } from '../../functions/src/document/storage-paths.ts'
import type { IndexEntry, ListedObject } from '../../functions/src/ports/upkeep.ts'

export const BUCKET = 'bucket'
/** For results, if they have a bucket of their own. */
export const OUTPUT_BUCKET = 'results'
/** Objects of each photo, and so its masks: as in docs/cost/operations.json. */
const OBJECTS = 4
const PHOTOS_PER_USER = 100
const NEW_PER_USER = 2
/** Users whose objects are kept in memory. A scan lists several ranges of users in parallel. */
const CACHED_USERS = 32
const ANSWER = '7f000000-0000-4000-8000-000000000000'

type Photo = { imageId: string; owner: string; name: string; generation: string; uploadedAt: Date }
type Place = { imageId: string; user: number; slot: number }
type Range = { from?: string; to?: string }

/**
 * A library of annotated photos, whose objects and documents are computed when they are read. The last two photos
 * of each user are new: each call of `uploadNewPhotos()` uploads one of them, a hundredth of the library.
 */
export class Library {
  private readonly uploadedAt: Date
  /** The bucket of the results. */
  private readonly outputBucket: string
  private readonly newFrom: Date[] = []
  /** In the order of their ids, which are spread as those of Firebase Authentication. */
  private readonly users: string[]
  private readonly places: Place[]
  private readonly cached = new Map<string, ListedObject[]>()

  /** @param photos with the new ones: a multiple of 100 */
  constructor(photos: number, uploadedAt: Date, outputBucket: string = BUCKET) {
    if (photos % PHOTOS_PER_USER !== 0) {
      throw new RangeError(`Cannot make a library of ${photos} photos: use a multiple of ${PHOTOS_PER_USER}`)
    }
    this.uploadedAt = uploadedAt
    this.outputBucket = outputBucket
    const numbers = Array.from({ length: photos / PHOTOS_PER_USER }, (_, index) => index)
    this.users = numbers.map(userId).toSorted(compare)
    this.places = this.users
      .flatMap((owner, user) =>
        Array.from({ length: PHOTOS_PER_USER }, (_, slot) => ({
          imageId: imageIdOf(BUCKET, uploadName(owner, slot)),
          user,
          slot,
        })),
      )
      .toSorted((a, b) => compare(a.imageId, b.imageId))
  }

  get newPhotos(): number {
    return this.users.length
  }

  uploadNewPhotos(at: Date): void {
    this.newFrom.push(at)
    this.cached.clear()
  }

  /** A page of objects in the order of their names, as Cloud Storage lists them. */
  list(
    bucket: string,
    prefix: string,
    token: string | undefined,
    size: number,
    { from = '', to }: Range = {},
  ) {
    const isListed = ({ name }: ListedObject) =>
      name.startsWith(prefix) && name >= from && (to === undefined || name < to)
    const start = lowerBound(this.users, (owner) => `users/${owner}0` > from)
    let [user, offset] = token === undefined ? [start, 0] : (token.split(':').map(Number) as [number, number])
    const isEnd = () => user >= this.users.length || (to !== undefined && `users/${this.users[user]}/` >= to)
    const objects: ListedObject[] = []
    while (!isEnd() && objects.length < size) {
      const found = this.objectsOf(user, bucket).filter(isListed)
      const taken = found.slice(offset, offset + size - objects.length)
      objects.push(...taken)
      offset += taken.length
      if (offset === found.length) [user, offset] = [user + 1, 0]
    }
    return { objects, nextPageToken: isEnd() ? undefined : `${user}:${offset}` }
  }

  find(imageId: string): Photo | undefined {
    const place = this.places[lowerBound(this.places, (found) => found.imageId >= imageId)]
    return place?.imageId === imageId ? this.photoAt(place) : undefined
  }

  /** A page of photos in the order of their ids, after `imageId` and before `end`. */
  after(imageId: string | undefined, size: number, end?: string): Photo[] {
    const page: Photo[] = []
    const start = imageId === undefined ? 0 : lowerBound(this.places, (found) => found.imageId > imageId)
    for (let at = start; at < this.places.length && page.length < size; at++) {
      const place = this.places[at]!
      if (end !== undefined && place.imageId >= end) break
      const photo = this.photoAt(place)
      if (photo) page.push(photo)
    }
    return page
  }

  /** @returns undefined for a new photo that is not uploaded yet */
  private photoAt({ imageId, user, slot }: Place): Photo | undefined {
    const firstNew = PHOTOS_PER_USER - NEW_PER_USER
    const uploadedAt = slot < firstNew ? this.uploadedAt : this.newFrom[slot - firstNew]
    if (!uploadedAt) return undefined
    const owner = this.users[user]!
    const generation = `${uploadedAt.getTime()}000`
    return { imageId, owner, name: uploadName(owner, slot), generation, uploadedAt }
  }

  private objectsOf(user: number, bucket: string): ListedObject[] {
    const key = `${bucket}/${user}`
    const cached = this.cached.get(key)
    if (cached) return cached
    const objects: ListedObject[] = []
    const photos = this.photosOf(user)
    if (bucket === this.outputBucket) {
      objects.push(...photos.toSorted((a, b) => compare(a.imageId, b.imageId)).flatMap(resultsOf))
    }
    if (bucket === BUCKET) {
      const uploads = photos.map(({ name, generation, uploadedAt: createdAt }) => ({
        name,
        generation,
        createdAt,
        contentType: 'image/jpeg',
      }))
      objects.push(...uploads)
    }
    if (this.cached.size >= CACHED_USERS) this.cached.delete(this.cached.keys().next().value!)
    this.cached.set(key, objects)
    return objects
  }

  private photosOf(user: number): Photo[] {
    const owner = this.users[user]!
    return Array.from({ length: PHOTOS_PER_USER }, (_, slot) =>
      this.photoAt({ imageId: imageIdOf(BUCKET, uploadName(owner, slot)), user, slot }),
    ).filter((photo) => photo !== undefined)
  }
}

/** As long as an id of Firebase Authentication. */
function userId(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex').slice(0, 28)
}

function uploadName(owner: string, slot: number): string {
  return `users/${owner}/uploads/photo-${String(slot).padStart(2, '0')}.jpg`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}

/** The index of the first item for which the condition holds, as it does for all items after it. */
function lowerBound<T>(sorted: readonly T[], condition: (item: T) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (condition(sorted[middle]!)) high = middle
    else low = middle + 1
  }
  return low
}

/** In the order of their names. */
function resultsOf(photo: Photo): ListedObject[] {
  const paths = resultPaths(photo)
  const answer = paths.answer(ANSWER)
  const masks = Array.from({ length: OBJECTS }, (_, index) => answer.mask(index))
  const names = [answer.text, ...masks, answer.overlay, paths.thumbnail]
  return names.map((name) => ({ name, generation: photo.generation, createdAt: photo.uploadedAt }))
}

/** The document of a photo that has succeeded. */
export function entryOf(photo: Photo): IndexEntry {
  const { imageId, owner, name, generation, uploadedAt } = photo
  const paths = resultPaths(photo)
  const answer = paths.answer(ANSWER)
  return {
    imageId,
    owner,
    bucket: BUCKET,
    name,
    generation,
    contentType: 'image/jpeg',
    sizeBytes: 3_000_000,
    status: 'succeeded',
    updatedAt: uploadedAt,
    overlay: { path: answer.overlay, contentType: 'image/png', width: 4032, height: 3024 },
    thumbnail: { path: paths.thumbnail, width: 320, height: 240 },
    objects: Array.from({ length: OBJECTS }, (_, index) => ({
      label: `object ${index}`,
      box: { x: 0, y: 0, width: 10, height: 10 },
      box2d: [0, 0, 10, 10],
      mask: { form: 'polygon', path: answer.mask(index), areaPixels: 100 },
    })),
    steps: {
      describe: { state: 'succeeded' },
      locate: { state: 'succeeded', answerId: ANSWER },
      draw: { state: 'succeeded' },
    },
  }
}
