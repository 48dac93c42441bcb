import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => browser?.close())

it('the footer names the fallback after the local detector has failed', async () => {
  // Tests run without the detector, so this route adds it to the settings of the page.
  let usesDetector = true
  const visit = await FiresightPage.open(browser, async (context) => {
    await context.route('**/emulators.json', async (route) => {
      const emulators = (await (await route.fetch()).json()) as object
      await route.fulfill({ json: { ...emulators, geminiDetector: usesDetector } })
    })
  })
  const footer = visit.page.getByRole('contentinfo')
  const detector = footer.getByText('A small local model finds objects of 80 kinds in photos')
  const fallback = footer.getByText('The local Gemini API recognizes only colours and shapes.')
  await detector.waitFor()
  expect(await fallback.count()).toBe(0)

  const photo = await writeFiles((await userOf(visit.page)).uid)
  await writePhoto(photo, 'before the failure')
  await waitForCount(visit.thumbnails, 1)
  await waitForCount(detector, 1)

  usesDetector = false
  await writePhoto(photo, 'after the failure')
  await fallback.waitFor()
  await waitForCount(detector, 0)
  await visit.close()
})
