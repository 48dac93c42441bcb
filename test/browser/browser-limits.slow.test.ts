import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/* The page in a browser without storage, and before its first answer from Firestore. */

let browser: Browser
let visit: FiresightPage

beforeAll(async () => {
  browser = await launchBrowser()
})
afterEach(async () => visit.close())
afterAll(async () => browser?.close())

const open = async (prepare?: (context: BrowserContext) => Promise<void>) => {
  visit = await FiresightPage.open(browser, prepare)
  return writeFiles((await userOf(visit.page)).uid)
}

/** Run in the page. */
const RESTRICTIONS = {
  blocked: () => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException('Access is denied for this document.', 'SecurityError')
        },
      })
  },
  full: () => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  },
}

describe('the page', () => {
  it.each(['blocked', 'full'] as const)(
    'shows photos, and deletes them with Undo, while the storage of the browser is %s',
    async (state) => {
      const photo = await open(async (context) => {
        await context.addInitScript(RESTRICTIONS[state])
      })
      const { page } = visit
      await writePhoto(photo, 'first')
      await writePhoto(photo, 'second')
      await waitForCount(visit.thumbnails, 2)
      await visit.thumbnails.first().getByRole('link').press('Delete')
      await waitForCount(visit.thumbnails, 1)
      await page.getByRole('button', { name: 'Undo' }).click()
      await waitForCount(visit.thumbnails, 2)
      await visit.thumbnails.first().getByRole('link').click()
      await visit.waitForStatus('succeeded')
    },
  )

  it('reserves the space of a photo after a reload, before its document is loaded', async () => {
    const photo = await open()
    const { page } = visit
    const image = { ...photo.image!, width: 600, height: 800 }
    const imageId = await writePhoto(photo, 'tall', { image, objects: [], overlay: undefined })
    await page.evaluate((hash) => (location.hash = hash), imageId)
    await visit.waitForStatus('succeeded')
    await page.route(/google\.firestore/, async () => new Promise(() => {}))
    await page.reload()
    const stage = page.locator('.stage')
    await stage.waitFor()
    const ratio = async () => stage.boundingBox().then((place) => place && place.width / place.height)
    await expect.poll(ratio).toBeCloseTo(0.75, 2)
    expect(await page.locator('[data-status]').count()).toBe(0)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    visit.ignoreProblems(/Failed to load resource/)
  })
})
