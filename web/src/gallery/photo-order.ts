import type { StoredPhoto } from '@firesight/client'

/** The photos of a list as far as they are loaded, newest first. `isComplete`: there are no others. */
export type LoadedPhotos = { photos: readonly StoredPhoto[]; isComplete: boolean }

/**
 * Adds a new state of the newest photos, which are watched, to the loaded ones. A photo that is missing in the
 * new state was deleted if it is newer than the oldest photo of the state. Otherwise newer photos have pushed
 * it out of the watched part. Without a photo in common, there may be others in between: starts again.
 */
export function mergeNewest(
  loaded: LoadedPhotos | undefined,
  newest: readonly StoredPhoto[],
  pageSize: number,
): LoadedPhotos {
  const oldest = newest.at(-1)
  if (!oldest || newest.length < pageSize) return { photos: newest, isComplete: true }
  const ids = new Set(newest.map(({ imageId }) => imageId))
  if (!loaded?.photos.some(({ imageId }) => ids.has(imageId))) return { photos: newest, isComplete: false }
  const older = loaded.photos.filter((photo) => isOlder(photo, oldest))
  return { photos: [...newest, ...older], isComplete: loaded.isComplete }
}

/** Adds the page that follows the loaded photos. */
export function appendPage(
  { photos }: LoadedPhotos,
  page: readonly StoredPhoto[],
  pageSize: number,
): LoadedPhotos {
  const known = new Set(photos.map(({ imageId }) => imageId))
  const added = page.filter(({ imageId }) => !known.has(imageId))
  return { photos: [...photos, ...added], isComplete: page.length < pageSize }
}

/** The order of the queries: by time, and by id for the same time. */
function isOlder(photo: StoredPhoto, than: StoredPhoto): boolean {
  const difference = photo.annotation.createdAt.getTime() - than.annotation.createdAt.getTime()
  return difference < 0 || (difference === 0 && photo.imageId < than.imageId)
}

export type Day = { title: string; photos: StoredPhoto[] }

/** Groups photos that are sorted by time by their day, in the time zone and the language of the browser. */
export function groupByDay(photos: readonly StoredPhoto[], now: Date): Day[] {
  const days: Day[] = []
  for (const photo of photos) {
    const title = dayTitle(photo.annotation.createdAt, now)
    const day = days.at(-1)
    if (day?.title === title) day.photos.push(photo)
    else days.push({ title, photos: [photo] })
  }
  return days
}

function dayTitle(date: Date, now: Date): string {
  if (isSameDay(date, now)) return 'Today'
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (isSameDay(date, yesterday)) return 'Yesterday'
  return date.toLocaleDateString([], {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(date.getFullYear() !== now.getFullYear() && { year: 'numeric' }),
  })
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString()
}

/** The labels of the photos with the number of photos, the most frequent first. */
export function countLabels(photos: readonly StoredPhoto[]): [label: string, count: number][] {
  const counts = new Map<string, number>()
  for (const { annotation } of photos)
    for (const label of annotation.labels ?? []) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts].toSorted(([a, one], [b, other]) => other - one || a.localeCompare(b))
}

/** The photo to focus after a deletion: the next one that stays, or the last one before. */
export function focusAfterRemoval(
  photos: readonly StoredPhoto[],
  removed: ReadonlySet<string>,
): string | undefined {
  const last = photos.findLastIndex(({ imageId }) => removed.has(imageId))
  const stays = ({ imageId }: StoredPhoto) => !removed.has(imageId)
  return (photos.slice(last + 1).find(stays) ?? photos.slice(0, Math.max(last, 0)).findLast(stays))?.imageId
}
