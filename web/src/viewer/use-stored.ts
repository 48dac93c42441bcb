import { useState } from 'preact/hooks'

/** A setting that the browser remembers. Without storage, it lasts until the page is closed. */
export function useStored<T>(
  key: string,
  initial: T,
  isValid: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => read(key, isValid) ?? initial)
  return [
    value,
    (changed) => {
      setValue(changed)
      try {
        localStorage.setItem(key, JSON.stringify(changed))
      } catch {
        // The storage is blocked or full.
      }
    },
  ]
}

function read<T>(key: string, isValid: (value: unknown) => value is T): T | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return isValid(stored) ? stored : undefined
  } catch {
    return undefined // The storage is blocked, or another version of the page wrote the value.
  }
}
