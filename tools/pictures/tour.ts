import type { Browser, Page } from 'playwright-core'
import { Recorder } from './recorder.ts'
import { openPage, sampleButton, settle, waitForResults } from './visit.ts'

const VIEW = { width: 1080, height: 720, scale: 1 }
const QUESTION = 'What is in the cup?'
/** Photos that are added for the last scene, unseen. */
const MORE = ['Astronaut', 'Dogs', 'Raccoon']

/**
 * A tour of the page: a click on a sample photo, its results, its objects, a question, and the gallery.
 * @returns an animated WebP
 */
export async function recordTour(browser: Browser, url: string): Promise<Buffer> {
  const page = await openPage(browser, url, VIEW)
  const recorder = await Recorder.start(page)
  await recorder.hold(1200)
  await recorder.click(sampleButton(page))
  // On the photo, the pointer would hide the other objects.
  await recorder.moveAside()
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

  await addUnseen(page)
  await recorder.moveAside()
  await recorder.hold(2000)
  const tour = await recorder.finish()
  await page.context().close()
  return tour
}

/** Adds more photos, and leaves the page at the gallery. */
async function addUnseen(page: Page): Promise<void> {
  const home = page.getByRole('link', { name: 'Firesight, start page' })
  for (const name of MORE) {
    await home.click()
    await page.locator('summary', { hasText: 'Try a sample photo' }).click()
    await sampleButton(page, name).click()
    await waitForResults(page)
  }
  await home.click()
  await page.reload() // Without the finished uploads.
  const photos = page.locator('.thumbnail')
  await photos.nth(MORE.length).waitFor()
  await settle(page)
  await photos.first().evaluate((photo) => photo.scrollIntoView({ block: 'center' }))
  await settle(page)
}

/** Waits for the end of the answer. */
async function answered(page: Page): Promise<void> {
  await page.getByRole('log').getByText(QUESTION).waitFor()
  await page.locator('[role="log"][aria-busy="false"]').waitFor()
  await page.waitForTimeout(300)
}
