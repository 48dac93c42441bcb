import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Truth, withOrientation } from '../support/scene.ts'
import { edges, edgesWithin, FiresightPage, misplaced } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
const HEIC = join(import.meta.dirname, '../fixtures/four-shapes.heic')

let browser: Browser
let png: Buffer
let truths: Truth[]
let visit: FiresightPage

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  ;({ png, truths } = await drawScene(OWN_SHAPES))
  browser = await launchBrowser()
})
afterAll(async () => {
  await gemini.reset()
  await browser?.close()
})
beforeEach(async () => {
  await gemini.reset()
  visit = await FiresightPage.open(browser)
})
afterEach(async () => visit.close())

describe('the page, with a dropped photo', () => {
  it('shows boxes with the right labels in the right places', async () => {
    await visit.annotate(png)
    expect(await misplaced(visit, truths, OWN_SHAPES)).toEqual([])
    expect(await visit.page.locator('.box').count()).toBe(truths.length)
    const chips = async () => (await visit.page.locator('.chip').allTextContents()).toSorted()
    await expect.poll(chips).toEqual(truths.map(({ label }) => label).toSorted())
  })

  it('shows them in the right places on a photo with EXIF orientation 6', async () => {
    await visit.annotate(await withOrientation(png, 6), 'IMG_0002.jpg', 'image/jpeg')
    expect(await misplaced(visit, truths, OWN_SHAPES)).toEqual([])
  })

  it('shows an overlay that covers the shapes and nothing else', async () => {
    await visit.annotate(png)
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
    // Only pixels at an edge may differ.
    expect(wrong.covered + wrong.missed).toBeLessThan(alpha.length * 0.005)
  })

  it('shows a caption, labels, an alternative text and five completed steps', async () => {
    await visit.annotate(png)
    const { page } = visit
    expect(await page.locator('.caption').textContent()).toContain('red circle')
    expect(await page.locator('.labels li').allTextContents()).toContain('blue rectangle')
    expect(await visit.photo.getAttribute('alt')).toMatch(/rectangle|circle|triangle|square/)
    expect(await page.locator('.step-done').count()).toBe(5)
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

  it('shows the same photo after a reload', async () => {
    await visit.annotate(png)
    const { imageId } = visit
    await visit.page.reload()
    await visit.waitForStatus('succeeded')
    expect(visit.imageId).toBe(imageId)
    expect(await visit.photo.getAttribute('src')).toMatch(/^http/)
    expect(await edgesWithin(visit.box('blue rectangle'), visit.photo)).toEqual(
      edges({ x: 620, y: 120, width: 420, height: 200 }, OWN_SHAPES).map((edge) => expect.closeTo(edge, 2)),
    )
  })

  it('deletes the photo and its results', async () => {
    const { page } = visit
    await visit.annotate(png)
    await page.getByRole('button', { name: 'Try a sample' }).click()
    await page.getByText('yellow circle', { exact: true }).first().waitFor()
    await visit.thumbnails.nth(1).waitFor()
    const overlay = (await visit.overlay.getAttribute('src')) ?? ''
    expect((await fetch(overlay)).ok).toBe(true)

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    await expect.poll(() => visit.thumbnails.count()).toBe(1)
    await expect.poll(async () => (await fetch(overlay)).ok, { timeout: 20_000 }).toBe(false)
    await page.reload()
    await visit.thumbnails.first().waitFor()
    expect(await visit.thumbnails.count()).toBe(1)
  })

  it('deletes the photo from the strip of thumbnails', async () => {
    await visit.annotate(png)
    await visit.thumbnails.getByRole('button', { name: /^Delete/ }).click()
    await visit.page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    await expect.poll(() => visit.thumbnails.count()).toBe(0)
  })
})

describe('the list of objects', () => {
  it('highlights an object in the list and in the photo', async () => {
    await visit.annotate(png)
    const item = visit.page.getByRole('button', { name: /^red circle/ })
    await item.focus()
    expect(await visit.page.locator('.box-pointed').getAttribute('data-label')).toBe('red circle')
    await visit.box('orange square').hover()
    await expect.poll(() => visit.page.locator('.object-pointed').textContent()).toContain('orange square')
  })

  it('hides overlay, boxes and labels separately', async () => {
    await visit.annotate(png)
    for (const [layer, selector] of [
      ['Overlay', 'img.overlay'],
      ['Boxes', '.box'],
      ['Labels', '.chip'],
    ] as const) {
      await expect.poll(() => visit.page.locator(selector).count()).toBeGreaterThan(0)
      await visit.page.getByRole('checkbox', { name: layer }).uncheck()
      await expect.poll(() => visit.page.locator(selector).count()).toBe(0)
    }
  })
})

describe('the page, with an invalid file', () => {
  it('refuses a text file before the upload', async () => {
    await visit.drop('notes.txt', 'text/plain', Buffer.from('Buy milk'))
    const alert = visit.page.getByRole('alert')
    await alert
      .getByText('“notes.txt” is text/plain. Choose a PNG, JPEG, WebP, HEIC or HEIF photo.')
      .waitFor()
    expect(visit.imageId).toBe('')
  })

  it('shows why a damaged photo was rejected', async () => {
    const jpeg = await sharp(png).jpeg().toBuffer()
    await visit.drop('half.jpg', 'image/jpeg', jpeg.subarray(0, jpeg.length / 2))
    await visit.waitForStatus('rejected')
    const status = visit.page.locator('.status')
    expect(await status.textContent()).toContain('The image is damaged or incomplete.')
    expect(await status.locator('code').textContent()).toBe('corrupt-image')
  })
})

it('a HEIC photo is shown by its preview', async () => {
  await visit.drop('IMG_0001.HEIC', '', readFileSync(HEIC)) // Some systems have no MIME type for HEIC.
  await visit.waitForStatus('succeeded')
  await expect.poll(() => visit.photo.getAttribute('src')).toContain('preview.jpg')
  await expect.poll(() => visit.photo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1200)
})

it('"Try a sample" annotates a drawn sample', async () => {
  await visit.page.getByRole('button', { name: 'Try a sample' }).click()
  await visit.waitForStatus('succeeded')
  const found = await visit.page.locator('.object-label').allTextContents()
  expect(found.toSorted()).toEqual([
    'blue rectangle',
    'green triangle',
    'orange circle',
    'red triangle',
    'yellow circle',
  ])
})

it('the text of the model is shown as text, never as markup', async () => {
  const markup = '<img src=x onerror="document.title=1"><b>bold</b>'
  const answer = { caption: markup, altText: markup, labels: [markup], text: markup }
  await gemini.script({
    match: { textIncludes: 'Describe this picture' },
    reply: { text: JSON.stringify(answer) },
  })
  await visit.annotate(png)
  expect(await visit.page.locator('.caption').textContent()).toBe(markup)
  expect(await visit.page.locator('.description b, .description img').count()).toBe(0)
})

it('a partial result shows the missing step, and "Run again" completes it', async () => {
  await gemini.script({ match: { textIncludes: 'Describe this picture' }, reply: { finishReason: 'SAFETY' } })
  await visit.drop('four shapes.png', 'image/png', png)
  await visit.waitForStatus('partial')
  expect(await visit.page.locator('.status').textContent()).toContain('the description is missing')
  expect(await visit.page.locator('.step-failed').textContent()).toContain('Described')
  expect(await misplaced(visit, truths, OWN_SHAPES)).toEqual([])
  await visit.page.screenshot({ path: join(ARTIFACTS, 'partial-light.png'), fullPage: true })
  await gemini.reset()
  await visit.page.getByRole('button', { name: 'Run again' }).click()
  await visit.waitForStatus('succeeded')
  expect(await visit.page.locator('.caption').textContent()).toContain('red circle')
  expect(await visit.page.getByRole('button', { name: 'Run again' }).count()).toBe(0)
})
