/** Identifies this tab, until it is reloaded or closed. */
export const THIS_TAB = crypto.randomUUID()

let holders = 0
let release = () => {}

/**
 * Holds a lock while this tab uploads. The browser releases it when the tab is closed, reloaded or crashes.
 * @returns a function that ends this hold. The lock is released with the last one.
 */
export function holdTabLock(): () => void {
  if (holders++ === 0) {
    const ended = new Promise<void>((resolve) => {
      release = resolve
    })
    void navigator.locks?.request(lockOf(THIS_TAB), async () => ended)
  }
  return () => {
    if (--holders === 0) release()
  }
}

/** Resolves when a tab does not upload any more: immediately if it was closed. */
export async function tabEnded(tab: string, signal: AbortSignal): Promise<void> {
  await navigator.locks?.request(lockOf(tab), { signal }, () => undefined)
}

export async function isTabUploading(tab: string): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  return held.some(({ name }) => name === lockOf(tab))
}

function lockOf(tab: string): string {
  return `firesight-uploads:${tab}`
}
