import { vi } from 'vitest'

/** Repeats a check until it passes, also on a slow machine. The limit of `vi.waitFor()` is one second by default. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000 })
}
