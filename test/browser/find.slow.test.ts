import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Truth } from '../support/scene.ts'
import { waitForBoxes, waitForMasks } from './drawn-results.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** Only prompts with targets include this text. */
const SEARCH = { textIncludes: 'these targets only' }

let browser: Browser
let png: Buffer
let truths: Truth[]
let visit: FiresightPage
let imageId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  ;({ png, truths } = await drawScene(OWN_SHAPES))
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser)
  await visit.annotate(png)
  imageId = visit.imageId
})
afterAll(async () => {
  await gemini.reset()
  await visit?.close()
  await browser?.close()
})
beforeEach(async () => {
  await gemini.reset()
  await visit.page.evaluate(() => sessionStorage.clear()) // The result of the last test.
  await visit.show(imageId)
})

const panel = () => visit.page.getByRole('region', { name: 'Find in this photo' })
const field = () => panel().getByRole('textbox', { name: 'What to find' })
const boxes = () => visit.page.locator('.box')
const alert = () => panel().locator('[role="alert"]')
const find = async (target: string) => {
  await field().fill(target)
  await field().press('Enter')
}
const shown = async (words: string) => panel().getByText(words).waitFor()

describe('"Find in this photo"', () => {
  it('shows the objects that it found instead of all objects, until "Clear"', async () => {
    const { page } = visit
    await find('the blue rectangle and the red circle')
    await shown('2 found for “the blue rectangle and the red circle”.')
    const wanted = truths.filter(({ label }) => /blue|red/.test(label))
    await waitForCount(boxes(), wanted.length)
    await waitForBoxes(visit, wanted, OWN_SHAPES)
    await page.getByRole('heading', { name: 'Found', exact: true }).waitFor()
    const labels = async () => page.locator('.object-label').allTextContents()
    await expect.poll(labels).toEqual(['blue rectangle', 'red circle'])
    await waitForMasks(visit, wanted) // Part of the answer.

    await page.screenshot({ path: join(ARTIFACTS, 'find-light.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: join(ARTIFACTS, 'find-dark.png'), fullPage: true })
    await page.setViewportSize({ width: 360, height: 780 })
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
    await page.screenshot({ path: join(ARTIFACTS, 'find-360.png'), fullPage: true })

    await panel().getByRole('button', { name: 'Clear' }).click()
    await waitForCount(boxes(), truths.length)
    await waitForBoxes(visit, truths, OWN_SHAPES)
    await waitForMasks(visit, truths)
    expect(await page.getByRole('heading', { name: 'Found', exact: true }).count()).toBe(0)
  })

  it('keeps the result of the photo after a reload and after Back, until "Clear"', async () => {
    const { page } = visit
    await find('the red circle')
    await shown('1 found for “the red circle”.')
    await page.reload()
    await shown('1 found for “the red circle”.')
    // Boxes are drawn after the photo is loaded.
    await waitForCount(boxes(), 1)
    await expect.poll(() => field().inputValue()).toBe('the red circle')
    await visit.goHome()
    await page.goBack()
    await shown('1 found for “the red circle”.')
    await panel().getByRole('button', { name: 'Clear' }).click()
    await page.reload()
    await visit.waitForStatus('succeeded')
    await waitForCount(boxes(), truths.length)
  })

  it('shows a message when it finds nothing', async () => {
    await find('the purple ellipse')
    await shown('Nothing found for “the purple ellipse”.')
    await waitForCount(boxes(), 0)
    await waitForMasks(visit, [])
  })
})

describe('"Find in this photo", interrupted', () => {
  it('keeps the objects when the search is cancelled', async () => {
    await gemini.script({ match: SEARCH, reply: { delayMs: 60_000 } })
    await find('the red circle')
    await shown('Searching…')
    await panel().getByRole('button', { name: 'Cancel' }).click()
    await panel().getByRole('button', { name: 'Find' }).waitFor()
    await waitForCount(boxes(), truths.length)
    expect(await alert().textContent()).toBe('')
  })

  it('offers "Try again" after a retryable error', async () => {
    // One call makes three attempts.
    await gemini.script({ match: SEARCH, times: 3, reply: { status: 503 } })
    await find('the red circle')
    await shown('The model is temporarily unavailable.')
    await waitForCount(boxes(), truths.length)
    await visit.page.screenshot({ path: join(ARTIFACTS, 'find-failed.png'), fullPage: true })
    await panel().getByRole('button', { name: 'Try again' }).click()
    await shown('1 found for “the red circle”.')
    await expect.poll(() => alert().textContent()).toBe('')
  })

  it('shows why the model blocked the search, without "Try again"', async () => {
    await gemini.script({ match: SEARCH, reply: { finishReason: 'SAFETY' } })
    await find('the red circle')
    await shown('The photo was blocked by the safety filters.')
    expect(await panel().getByRole('button', { name: 'Try again' }).count()).toBe(0)
  })
})
