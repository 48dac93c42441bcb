import { type KeyedStorage, keysOf, tabStorage } from './browser-storage.ts'

/** What is kept for a photo, or for a group of compared photos. */
export type Kind = 'conversation' | 'find' | 'comparison' | 'size'

/** One kept value. The key changes with the photos and their generations. */
export type Slot<Value> = {
  key: string
  read: () => Value | undefined
  /** Undefined deletes the value. */
  write: (value: Value | undefined) => void
}

export type Kept = {
  slot: <Value>(kind: Kind, photos: readonly PhotoVersion[]) => Slot<Value>
  /** Deletes everything about a photo, and ignores later writes: its page may still be open. */
  forget: (imageId: string) => void
}

export type PhotoVersion = { imageId: string; generation: string }

/** The version of the stored values. A page with another version ignores and deletes them. */
const PREFIX = 'firesight:1:'

/** In UTF-16 characters. Browsers allow about five million for each origin and tab. */
export const KEPT_LIMITS = { total: 4_000_000, value: 2_000_000 }

/**
 * Keeps values of one user in the storage of the tab, until the tab is closed. At the limit, the values that
 * were written first are deleted. Deletes the values of all other users.
 */
export function createKept(
  uid: string,
  storage: KeyedStorage = tabStorage(),
  limits: { total: number; value: number } = KEPT_LIMITS,
): Kept {
  const prefix = `${PREFIX}${encodeURIComponent(uid)}:`
  for (const key of keysOf(storage))
    if (key.startsWith('firesight:') && !key.startsWith(prefix)) storage.removeItem(key)
  const forgotten = new Set<string>()
  const ownKeys = () => keysOf(storage).filter((key) => key.startsWith(prefix))

  return {
    slot: <Value>(kind: Kind, photos: readonly PhotoVersion[]): Slot<Value> => {
      const key = `${prefix}${kind}:${photos.map(({ imageId }) => imageId).join('+')}`
      const generations = photos.map(({ generation }) => generation).join('+')
      return {
        key: `${key}@${generations}`,
        read: () => {
          const stored = unpack(storage.getItem(key))
          return stored && stored.generations === generations ? (stored.value as Value) : undefined
        },
        write: (value) => {
          storage.removeItem(key)
          if (value === undefined || photos.some(({ imageId }) => forgotten.has(imageId))) return
          const text = pack(
            generations,
            value,
            ownKeys().map((other) => numberOf(storage, other)),
          )
          if (key.length + text.length > limits.value) return
          makeRoom(storage, ownKeys(), limits.total - key.length - text.length)
          store(storage, key, text, ownKeys)
        },
      }
    },
    forget: (imageId) => {
      forgotten.add(imageId)
      for (const key of ownKeys())
        if (key.slice(prefix.length).split(/[:+]/).includes(imageId)) storage.removeItem(key)
    },
  }
}

// A value is stored as its number in the order of writing, the generations and its JSON text, one a line.

function pack(generations: string, value: unknown, numbers: readonly number[]): string {
  return [Math.max(0, ...numbers) + 1, generations, JSON.stringify(value)].join('\n')
}

function unpack(text: string | null): { generations: string; value: unknown } | undefined {
  const [, generations, ...json] = (text ?? '').split('\n')
  if (generations === undefined) return undefined
  try {
    return { generations, value: JSON.parse(json.join('\n')) }
  } catch {
    return undefined // Not written by this page.
  }
}

function numberOf(storage: KeyedStorage, key: string): number {
  return Number.parseInt(storage.getItem(key) ?? '', 10) || 0
}

function oldestFirst(storage: KeyedStorage, keys: readonly string[]): string[] {
  return keys.toSorted((a, b) => numberOf(storage, a) - numberOf(storage, b))
}

function makeRoom(storage: KeyedStorage, keys: readonly string[], room: number): void {
  let used = 0
  for (const key of oldestFirst(storage, keys).toReversed()) {
    used += key.length + (storage.getItem(key)?.length ?? 0)
    if (used > room) storage.removeItem(key)
  }
}

/** Other code of the origin uses the same quota. A value without room is not kept. */
function store(storage: KeyedStorage, key: string, text: string, ownKeys: () => string[]): void {
  for (;;) {
    try {
      return storage.setItem(key, text)
    } catch {
      const [oldest] = oldestFirst(storage, ownKeys())
      if (oldest === undefined) return
      storage.removeItem(oldest)
    }
  }
}
