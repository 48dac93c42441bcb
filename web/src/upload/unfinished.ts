import { type KeyedStorage, keysOf } from '../parts/browser-storage.ts'

/** An upload that has been started, and has not been stored yet. */
export type Unfinished = {
  imageId: string
  name: string
  /** Bytes. */
  size: number
  /** The tab that uploads or uploaded it. */
  tab: string
  /** Milliseconds since 1970. */
  startedAt: number
}

const PREFIX = 'firesight-upload:'
const KEPT_MS = 7 * 24 * 60 * 60_000

/**
 * The uploads of one user in all tabs that have not been stored yet, one entry each, so that tabs do not
 * overwrite each other's. They outlive a reload or a crash. Deletes those of all other users: file names are
 * private.
 */
export class UnfinishedStore {
  readonly #storage: KeyedStorage
  readonly #prefix: string

  constructor(storage: KeyedStorage, uid: string) {
    this.#storage = storage
    this.#prefix = `${PREFIX}${encodeURIComponent(uid)}:`
    // Entries of older pages name no user.
    for (const key of keysOf(storage))
      if (key.startsWith(PREFIX) && !key.startsWith(this.#prefix)) storage.removeItem(key)
  }

  remember(upload: Unfinished): void {
    try {
      this.#storage.setItem(this.#prefix + upload.imageId, JSON.stringify(upload))
    } catch {
      // The storage is full: the upload goes on, it is only not remembered.
    }
  }

  forget(imageId: string): void {
    this.#storage.removeItem(this.#prefix + imageId)
  }

  get(imageId: string): Unfinished | undefined {
    return parse(this.#storage.getItem(this.#prefix + imageId))
  }

  /** The newest first, those that were added together by name. Deletes entries of more than a week ago. */
  all(now = Date.now()): Unfinished[] {
    const keys = keysOf(this.#storage).filter((key) => key.startsWith(this.#prefix))
    const [kept, old]: [Unfinished[], Unfinished[]] = [[], []]
    for (const key of keys) {
      const upload = parse(this.#storage.getItem(key))
      if (upload) (now - upload.startedAt < KEPT_MS ? kept : old).push(upload)
    }
    for (const { imageId } of old) this.forget(imageId)
    return kept.toSorted(byTime)
  }
}

export function byTime(a: Unfinished, b: Unfinished): number {
  return b.startedAt - a.startedAt || a.name.localeCompare(b.name)
}

function parse(text: string | null): Unfinished | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Unfinished> | null
    const isWhole = typeof value?.imageId === 'string' && typeof value.name === 'string'
    return isWhole ? ({ size: 0, tab: '', startedAt: 0, ...value } as Unfinished) : undefined
  } catch {
    return undefined // Not written by this page.
  }
}
