/** The used methods of the browser's Storage. */
export type KeyedStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** `localStorage`: until the user clears it. */
export function permanentStorage(): KeyedStorage {
  return allowed(() => localStorage)
}

/** `sessionStorage`: until the tab is closed. */
export function tabStorage(): KeyedStorage {
  return allowed(() => sessionStorage)
}

/** Browsers that block site data throw on access. Then values are kept until the page is closed. */
function allowed(access: () => Storage): KeyedStorage {
  try {
    return access()
  } catch {
    return memoryStorage()
  }
}

export function memoryStorage(): KeyedStorage {
  const values = new Map<string, string>()
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, text) => void values.set(key, text),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size
    },
  }
}

export function keysOf(storage: KeyedStorage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
}
