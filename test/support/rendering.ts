import type { Page } from 'playwright-core'

/**
 * Waits until the page has rendered, and has run the effects of this rendering: listeners for keys, the focus, and
 * positions that depend on measured sizes. Preact runs effects after the next frame, with a timer.
 */
export async function rendered(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 3; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      await new Promise((resolve) => setTimeout(resolve, 40)) // Longer than the timer of Preact.
    }
  })
}
