import type { Page } from 'playwright-core'

type Measured = { responseMs: Promise<number> }

/**
 * Takes the browser offline, or online again.
 * @returns how long the page needed to show `text` offline, or to remove it online, in milliseconds. Measured in the
 * page, so that a slow connection to the browser does not count.
 */
export async function switchConnection(page: Page, to: 'offline' | 'online', text: string): Promise<number> {
  await page.evaluate(
    ({ event, words }) => {
      const isDone = () => document.body.innerText.includes(words) === (event === 'offline')
      const responseMs = new Promise<number>((resolve) => {
        const start = () => {
          const from = performance.now()
          const look = () => (isDone() ? resolve(performance.now() - from) : requestAnimationFrame(look))
          look()
        }
        addEventListener(event, start, { once: true })
      })
      Object.assign(globalThis, { measured: { responseMs } satisfies Measured })
    },
    { event: to, words: text },
  )
  await page.context().setOffline(to === 'offline')
  return page.evaluate(async () => (globalThis as unknown as { measured: Measured }).measured.responseMs)
}
