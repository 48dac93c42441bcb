import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { takeScreenshots } from '../../tools/pictures/screenshots.ts'
import { recordTour } from '../../tools/pictures/tour.ts'
import { emulator } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'

const MINUTE_MS = 60_000

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

it('npm run docs:pictures finds its way through the page', { timeout: 10 * MINUTE_MS }, async () => {
  const { url } = emulator('FIRESIGHT_WEB_URL')
  const screenshots = await takeScreenshots(browser, url)
  expect(screenshots.map(([name]) => name)).toEqual(['page.png', 'page-dark.png'])
  const [light, dark] = await Promise.all(screenshots.map(async ([, png]) => brightness(png)))
  expect(light).toBeGreaterThan(180)
  expect(dark).toBeLessThan(100)

  const tour = await recordTour(browser, url)
  const { pages, width, delay } = await sharp(tour, { animated: true }).metadata()
  expect(width).toBe(1080)
  expect(pages).toBeGreaterThan(30)
  expect(Math.max(...delay!)).toBeLessThan(5000)
  expect(tour.length).toBeLessThan(2_000_000)
})

/** The mean of the corner pixels, 0 to 255: the background of the page. */
async function brightness(png: Buffer): Promise<number> {
  const { data } = await sharp(png)
    .extract({ left: 0, top: 0, width: 8, height: 8 })
    .greyscale()
    .raw()
    .toBuffer({
      resolveWithObject: true,
    })
  return data.reduce((sum, value) => sum + value, 0) / data.length
}
