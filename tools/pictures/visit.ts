import type { Browser, Page } from 'playwright-core'

/** The sample photo of the pictures. It is in the public domain (CC0), and has several objects. */
export const SAMPLE = 'Coffee'

/** How long a photo may take on a busy machine. */
const PATIENCE_MS = 120_000

/** Opens the page as a new user, who has no photos. */
export async function openPage(
  browser: Browser,
  url: string,
  view: { width: number; height: number; scale: number; dark?: boolean },
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    deviceScaleFactor: view.scale,
    colorScheme: view.dark ? 'dark' : 'light',
    // Transitions would be caught halfway.
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.goto(url)
  await sampleButton(page).waitFor()
  await settle(page)
  return page
}

/** The button that adds a sample photo. */
export function sampleButton(page: Page, name = SAMPLE) {
  return page.getByRole('button', { name: new RegExp(`^${name}\\b`) })
}

/** Waits for the results of the open photo, with its picture and its masks. */
export async function waitForResults(page: Page): Promise<void> {
  await page.locator('[data-status="succeeded"]').waitFor()
  await page.locator('.stage-photo').waitFor()
  await page.locator('.box').first().waitFor()
  await settle(page)
}

/** Waits until all requests have ended, and all visible pictures are decoded. */
export async function settle(page: Page): Promise<void> {
  // Listeners of Firestore stay open, so there is no "networkidle".
  await page.evaluate(async () => {
    await document.fonts.ready
    const images = [...document.images].filter((image) => image.loading !== 'lazy' || image.complete)
    await Promise.all(images.map((image) => image.decode().catch(() => undefined)))
  })
  await page.waitForTimeout(400)
}

/** Adds the sample photo as a user of its own. */
export async function warmUp(browser: Browser, url: string): Promise<void> {
  const page = await openPage(browser, url, { width: 1280, height: 800, scale: 1 })
  await sampleButton(page).click()
  await waitForResults(page)
  await page.context().close()
}
