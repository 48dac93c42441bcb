import { setTimeout as sleep } from 'node:timers/promises'

/** Loading blocks the thread: first the request of the photo must be on its way. */
const SENT_AFTER_MS = 10

/** Loads the decoders while a photo is read. A failure is reported by the first use. Never rejects. */
export async function preloadDecoders(): Promise<void> {
  await sleep(SENT_AFTER_MS, undefined, { ref: false })
  await import('./loaders.ts').catch(() => undefined)
}
