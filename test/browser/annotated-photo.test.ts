import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Truth } from '../support/scene.ts'
import { edgesWithin, waitForBoxes, waitForMasks } from './drawn-results.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/* What the page shows of one annotated photo. The tests change nothing on the server, so they share the photo. */

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

let browser: Browser
let truths: Truth[]
let visit: FiresightPage
let imageId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  const { png, truths: drawn } = await drawScene(OWN_SHAPES)
  truths = drawn
  browser = await launchBrowser()
  await gemini.reset()
  visit = await FiresightPage.open(browser)
  await visit.annotate(png)
  imageId = visit.imageId
})
beforeEach(async () => visit.show(imageId))
afterAll(async () => {
  await visit?.close()
  await browser?.close()
})

describe('an annotated photo', () => {
  it('shows boxes with the right labels in the right places', async () => {
    await waitForBoxes(visit, truths, OWN_SHAPES)
    await waitForCount(visit.page.locator('.box'), truths.length)
    const chips = async () => (await visit.page.locator('.chip').allTextContents()).toSorted()
    await expect.poll(chips).toEqual(truths.map(({ label }) => label).toSorted())
  })

  it('shows an overlay that covers the shapes and nothing else', async () => {
    await expect.poll(async () => edgesWithin(visit.overlay, visit.photo)).toEqual([0, 0, 1, 1])
    const { width, height } = await visit.overlayAlpha(100)
    expect([width, height]).toEqual([OWN_SHAPES.width, OWN_SHAPES.height])
    await waitForMasks(visit, truths)
  })

  it('shows a caption, labels, an alternative text and five completed steps', async () => {
    const { page } = visit
    await expect.poll(() => page.locator('.caption').textContent()).toContain('red circle')
    await expect.poll(() => page.locator('.labels li').allTextContents()).toContain('blue rectangle')
    await expect.poll(() => visit.photo.getAttribute('alt')).toMatch(/rectangle|circle|triangle|square/)
    const steps = page.getByRole('button', { name: 'Steps' })
    expect(await page.locator('.step').count()).toBe(0)
    await steps.click()
    await waitForCount(page.locator('.step-done'), 5)
    await steps.click()
    await page.getByText('Firestore document', { exact: true }).click()
    const stored = JSON.parse((await page.locator('.json').textContent()) ?? '') as Record<string, unknown>
    expect(stored).toMatchObject({
      status: 'succeeded',
      image: { width: OWN_SHAPES.width, height: OWN_SHAPES.height },
    })

    // Scroll to the top: sticky elements move with the page.
    await page.evaluate(() => scrollTo(0, 0))
    await page.mouse.move(0, 0)
    await page.screenshot({ path: join(ARTIFACTS, 'page-light.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.screenshot({ path: join(ARTIFACTS, 'page-dark.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: join(ARTIFACTS, 'page-390.png'), fullPage: true })
    await page.setViewportSize({ width: 360, height: 780 })
    await page.locator('.chip').first().waitFor()
    await expect.poll(async () => page.evaluate(labelsOutside)).toEqual([])
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })
})

describe('the list of objects', () => {
  it('highlights an object in the list and in the photo', async () => {
    const item = visit.page.getByRole('button', { name: /^red circle/ })
    await item.focus()
    const pointed = visit.page.locator('.box-pointed')
    await expect.poll(() => pointed.getAttribute('data-label')).toBe('red circle')
    await visit.box('orange square').hover()
    await expect.poll(() => visit.page.locator('.object-pointed').textContent()).toContain('orange square')
  })

  it('hides overlay, boxes and labels separately', async () => {
    for (const [layer, selector] of [
      ['Masks', 'canvas.masks'],
      ['Boxes', '.box'],
      ['Labels', '.chip'],
    ] as const) {
      await expect.poll(() => visit.page.locator(selector).count()).toBeGreaterThan(0)
      await visit.page.getByRole('checkbox', { name: layer }).uncheck()
      await expect.poll(() => visit.page.locator(selector).count()).toBe(0)
    }
  })
})

/** Runs in the page: the labels that reach beyond the photo. */
function labelsOutside(): string[] {
  const photo = document.querySelector('.stage-photo')!.getBoundingClientRect()
  const isOutside = (chip: Element) => {
    const { left, top, right, bottom } = chip.getBoundingClientRect()
    const beyond = [photo.left - left, photo.top - top, right - photo.right, bottom - photo.bottom]
    return Math.max(...beyond) > 0.5
  }
  return [...document.querySelectorAll('.chip')].filter(isOutside).map((chip) => chip.textContent)
}
