import { memoryStorage } from '../parts/kept.ts'

/** Photos that the user deleted together, and until when this can be undone, in milliseconds since 1970. */
export type Deletion = { id: string; photos: { imageId: string; name: string }[]; dueAt: number }

/** The part of `localStorage` that is used here. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The deletions of a user that are not carried out yet. They survive a reload and a closed page. */
export function pendingDeletions(store: KeyValueStore, uid: string) {
  const key = `firesight.deletions.${uid}`
  /** The deletions, from when the storage did not take them: it is blocked or full. */
  let unsaved: readonly Deletion[] | undefined
  const read = (): readonly Deletion[] => {
    if (unsaved) return unsaved
    try {
      const stored: unknown = JSON.parse(store.getItem(key) ?? '[]')
      return Array.isArray(stored) ? stored.filter(isDeletion) : []
    } catch {
      return [] // Not written by this page, or the browser allows no storage.
    }
  }
  const write = (deletions: readonly Deletion[]): void => {
    try {
      if (deletions.length === 0) store.removeItem(key)
      else store.setItem(key, JSON.stringify(deletions))
      unsaved = undefined
    } catch {
      unsaved = deletions // Until the page is closed.
    }
  }
  return {
    read,
    add: (deletion: Deletion) => write([...read(), deletion]),
    remove: (id: string) => write(read().filter((deletion) => deletion.id !== id)),
  }
}

/** Access to `localStorage` is an error if the user has blocked it. */
export function browserStore(): KeyValueStore {
  try {
    return localStorage
  } catch {
    return memoryStorage()
  }
}

function isDeletion(value: unknown): value is Deletion {
  const { id, photos, dueAt } = (value ?? {}) as Partial<Deletion>
  const isPhoto = (photo: Partial<Deletion['photos'][number]> | null) =>
    typeof photo?.imageId === 'string' && typeof photo.name === 'string'
  return typeof id === 'string' && typeof dueAt === 'number' && Array.isArray(photos) && photos.every(isPhoto)
}
