import { FiresightError } from '@firesight/client'

/** Tries again what may succeed later, as long as the wait is one that people bear. */
export async function patiently<T>(call: () => Promise<T>, tell: (words: string) => void): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof FiresightError)) throw error
      if (error.code === 'cancelled') throw error
      tell(error.message) // Fit for users: no paths, keys or words of the model.
      const waitMs = error.retryAfterMs ?? 1000 * 2 ** attempt
      if (!error.retryable || attempt === 3 || waitMs > 20_000) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
