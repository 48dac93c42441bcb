import { FiresightError } from '@firesight/client'

/** Retries a call after transient errors, unless the wait is longer than a user accepts. */
export async function withRetries<T>(call: () => Promise<T>, show: (message: string) => void): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof FiresightError)) throw error
      if (error.code === 'cancelled') throw error
      show(error.message) // Safe to show to users: contains no paths, keys or model text.
      const waitMs = error.retryAfterMs ?? 1000 * 2 ** attempt
      if (!error.retryable || attempt === 3 || waitMs > 20_000) throw error
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }
}
