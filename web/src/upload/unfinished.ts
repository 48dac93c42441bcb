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

type Entries = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

const PREFIX = 'firesight-upload:'
const KEPT_MS = 7 * 24 * 60 * 60_000

/**
 * The uploads of all tabs that have not been stored yet, one entry each, so that tabs do not overwrite each
 * other's. They outlive a reload or a crash. Without storage (some private windows), they are not kept.
 */
export class UnfinishedStore {
  readonly #entries: Entries | undefined

  constructor(entries: Entries | undefined) {
    this.#entries = entries
  }

  remember(upload: Unfinished): void {
    try {
      this.#entries?.setItem(PREFIX + upload.imageId, JSON.stringify(upload))
    } catch {
      // The storage is full: the upload goes on, it is only not remembered.
    }
  }

  forget(imageId: string): void {
    this.#entries?.removeItem(PREFIX + imageId)
  }

  get(imageId: string): Unfinished | undefined {
    return parse(this.#entries?.getItem(PREFIX + imageId))
  }

  /** The newest first, those that were added together by name. Deletes entries of more than a week ago. */
  all(now = Date.now()): Unfinished[] {
    const entries = this.#entries
    if (!entries) return []
    const keys = Array.from({ length: entries.length }, (_, index) => entries.key(index) ?? '')
    const found = keys.filter((key) => key.startsWith(PREFIX)).map((key) => parse(entries.getItem(key)))
    const [kept, old]: [Unfinished[], Unfinished[]] = [[], []]
    for (const upload of found) if (upload) (now - upload.startedAt < KEPT_MS ? kept : old).push(upload)
    for (const { imageId } of old) this.forget(imageId)
    return kept.toSorted(byTime)
  }
}

export function byTime(a: Unfinished, b: Unfinished): number {
  return b.startedAt - a.startedAt || a.name.localeCompare(b.name)
}

function parse(text: string | null | undefined): Unfinished | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Unfinished> | null
    const isWhole = typeof value?.imageId === 'string' && typeof value.name === 'string'
    return isWhole ? ({ size: 0, tab: '', startedAt: 0, ...value } as Unfinished) : undefined
  } catch {
    return undefined // Not written by this page.
  }
}

/** The store of this browser. */
export const unfinishedUploads = new UnfinishedStore(storageOfBrowser())

/** Access is an error if the user has blocked it. */
function storageOfBrowser(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
