import type { Browser, Locator, Page } from 'playwright-core'
import { Recorder } from './recorder.ts'
import { openPage, sampleButton, settle, waitForResults } from './visit.ts'

const VIEW = { width: 1080, height: 720, scale: 1 }
const QUESTION = 'What is on the saucer?'

/**
 * A tour of the page: a click on a sample photo, its results, an object, a question, and the gallery.
 * @returns an animated WebP
 */
export async function recordTour(browser: Browser, url: string): Promise<Buffer> {
  const page = await openPage(browser, url, VIEW)
  const recorder = await Recorder.start(page)
  await recorder.hold(1200)
  await recorder.click(sampleButton(page))
  await recorder.during(waitForResults(page))
  await recorder.hold(2000)

  const objects = page.locator('.object')
  const count = Math.min(await objects.count(), 3)
  for (let index = 0; index < count; index++) {
    await recorder.moveTo(objects.nth(index))
    await recorder.hold(1100)
  }

  const field = page.getByRole('textbox', { name: 'Your question' })
  await recorder.click(field)
  await recorder.type(QUESTION)
  await field.press('Enter')
  await recorder.during(answered(page))
  await recorder.hold(2200)

  await recorder.click(page.getByRole('link', { name: 'Firesight, start page' }))
  await page.locator('.thumbnail').first().waitFor()
  await settle(page)
  await recorder.hold(2000)
  const tour = await recorder.finish()
  await page.context().close()
  return tour
}

/** Waits for the end of the answer. */
async function answered(page: Page): Promise<void> {
  const log: Locator = page.getByRole('log')
  await log.getByText(QUESTION).waitFor()
  await page.locator('[role="log"][aria-busy="false"]').waitFor()
  await page.waitForTimeout(300)
}
