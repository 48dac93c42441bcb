/** Photos that the user deleted together. */
export type Deletion = {
  id: string
  photos: { imageId: string; name: string }[]
  /** Until when this can be undone, in milliseconds since 1970. */
  dueAt: number
  /** Whether a tab is deleting the photos, or was closed in the meantime. */
  isRunning?: boolean
}

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
      return parse(store.getItem(key))
    } catch {
      return [] // The browser allows no storage.
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
    /** The deletions after a change by another tab; undefined if something else was changed. */
    readChange: (change: Pick<StorageEvent, 'key' | 'newValue'>) =>
      change.key === key ? parse(change.newValue) : undefined,
    /** Marks a deletion as running. */
    start: (id: string) => write(read().map((one) => (one.id === id ? { ...one, isRunning: true } : one))),
    add: (deletion: Deletion) => write([...read(), deletion]),
    remove: (id: string) => write(read().filter((deletion) => deletion.id !== id)),
  }
}

/**
 * Time for the tab in which the user deleted the photos. It carries out the deletion, unless it was closed. Its
 * time for Undo stands still while the user is at the message.
 */
const OTHER_TAB_MS = 30_000

/**
 * The pending deletions of this tab after another tab has changed the stored ones: `added` were made there,
 * `undone` were undone there. Deletions that run there are no longer pending here.
 */
export function afterOtherTab(
  pending: readonly Deletion[],
  stored: readonly Deletion[],
): { pending: readonly Deletion[]; added: readonly Deletion[]; undone: readonly Deletion[] } {
  const known = new Set(pending.map(({ id }) => id))
  const byId = new Map(stored.map((deletion) => [deletion.id, deletion]))
  const added = stored
    .filter(({ id, isRunning }) => !isRunning && !known.has(id))
    .map((deletion) => ({ ...deletion, dueAt: deletion.dueAt + OTHER_TAB_MS }))
  const stays = ({ id }: Deletion) => byId.has(id) && !byId.get(id)!.isRunning
  return {
    pending: [...pending.filter(stays), ...added],
    added,
    undone: pending.filter(({ id }) => !byId.has(id)),
  }
}

function parse(text: string | null): Deletion[] {
  try {
    const stored: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(stored) ? stored.filter(isDeletion) : []
  } catch {
    return [] // Not written by this page.
  }
}

function isDeletion(value: unknown): value is Deletion {
  const { id, photos, dueAt } = (value ?? {}) as Partial<Deletion>
  const isPhoto = (photo: Partial<Deletion['photos'][number]> | null) =>
    typeof photo?.imageId === 'string' && typeof photo.name === 'string'
  return typeof id === 'string' && typeof dueAt === 'number' && Array.isArray(photos) && photos.every(isPhoto)
}
