import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { openPage, sampleButton, settle, waitForResults } from './visit.ts'

const VIEW = { width: 1280, height: 900, scale: 1.5 }

/** The photo page with the results of a sample photo, in both colour schemes. @returns files by name */
export async function takeScreenshots(browser: Browser, url: string): Promise<[string, Buffer][]> {
  const page = await openPage(browser, url, VIEW)
  await sampleButton(page).click()
  await waitForResults(page)
  const light = await screenshot(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await settle(page)
  const dark = await screenshot(page)
  await page.context().close()
  return [
    ['page.png', light],
    ['page-dark.png', dark],
  ]
}

/** With a palette: a third of the size, without a visible difference. */
async function screenshot(page: Page): Promise<Buffer> {
  await page.mouse.move(0, 0)
  const png = await page.screenshot()
  return sharp(png).png({ palette: true, quality: 90, effort: 7 }).toBuffer()
}
