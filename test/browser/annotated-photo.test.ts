import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Truth } from '../support/scene.ts'
import { edgesWithin, FiresightPage, misplaced } from './firesight-page.ts'

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
    expect(await misplaced(visit, truths, OWN_SHAPES)).toEqual([])
    expect(await visit.page.locator('.box').count()).toBe(truths.length)
    const chips = async () => (await visit.page.locator('.chip').allTextContents()).toSorted()
    await expect.poll(chips).toEqual(truths.map(({ label }) => label).toSorted())
  })

  it('shows an overlay that covers the shapes and nothing else', async () => {
    expect(await edgesWithin(visit.overlay, visit.photo)).toEqual([0, 0, 1, 1])
    const step = 10
    const { width, height, alpha } = await visit.overlayAlpha(step)
    expect([width, height]).toEqual([OWN_SHAPES.width, OWN_SHAPES.height])
    const wrong = { covered: 0, missed: 0 }
    let index = 0
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) {
        const isShape = truths.some(({ mask }) => mask[y * width + x])
        const isCovered = alpha[index++]! > 0
        if (isCovered && !isShape) wrong.covered++
        if (!isCovered && isShape) wrong.missed++
      }
    }
    // Only pixels at an edge may differ. The masks are drawn in the pixels of the screen.
    expect(wrong.covered + wrong.missed).toBeLessThan(alpha.length * 0.01)
  })

  it('shows a caption, labels, an alternative text and five completed steps', async () => {
    const { page } = visit
    expect(await page.locator('.caption').textContent()).toContain('red circle')
    expect(await page.locator('.labels li').allTextContents()).toContain('blue rectangle')
    expect(await visit.photo.getAttribute('alt')).toMatch(/rectangle|circle|triangle|square/)
    const steps = page.getByRole('button', { name: 'Steps' })
    expect(await page.locator('.step').count()).toBe(0)
    await steps.click()
    expect(await page.locator('.step-done').count()).toBe(5)
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
    for (const chip of await page.locator('.chip').all()) {
      const [left = 0, top = 0, right = 0, bottom = 0] = await edgesWithin(chip, visit.photo)
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0)
      expect(Math.max(right, bottom)).toBeLessThanOrEqual(1)
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })
})

describe('the list of objects', () => {
  it('highlights an object in the list and in the photo', async () => {
    const item = visit.page.getByRole('button', { name: /^red circle/ })
    await item.focus()
    expect(await visit.page.locator('.box-pointed').getAttribute('data-label')).toBe('red circle')
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
