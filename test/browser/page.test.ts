import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { removeField } from '../support/admin.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Truth, withOrientation } from '../support/scene.ts'
import { edges, edgesWithin, waitForBoxes } from './drawn-results.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

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
  it('shows the boxes in the right places on a photo with EXIF orientation 6', async () => {
    await visit.annotate(await withOrientation(png, 6), 'IMG_0002.jpg', 'image/jpeg')
    await waitForBoxes(visit, truths, OWN_SHAPES)
  })

  it('shows the same photo after a reload', async () => {
    await visit.annotate(png)
    const { imageId } = visit
    await visit.page.reload()
    await visit.waitForStatus('succeeded')
    expect(visit.imageId).toBe(imageId)
    await expect.poll(() => visit.photo.getAttribute('src')).toMatch(/^http/)
    await expect
      .poll(async () => edgesWithin(visit.box('blue rectangle'), visit.photo))
      .toEqual(
        edges({ x: 620, y: 120, width: 420, height: 200 }, OWN_SHAPES).map((edge) => expect.closeTo(edge, 2)),
      )
  })

  it('shows a thumbnail in the grid, and the photo for a document without a thumbnail', async () => {
    await visit.annotate(png)
    const { imageId } = visit
    await visit.goHome()
    await visit.page.reload()
    const image = visit.thumbnails.locator('img')
    await expect.poll(() => image.getAttribute('src')).toContain('thumbnail.jpg')
    await expect.poll(() => image.evaluate(({ naturalWidth }: HTMLImageElement) => naturalWidth)).toBe(320)
    await removeField(imageId, 'thumbnail')
    await expect.poll(() => image.getAttribute('src')).toContain('uploads')
    await expect
      .poll(() => image.evaluate(({ naturalWidth }: HTMLImageElement) => naturalWidth))
      .toBe(OWN_SHAPES.width)
  })

  it('deletes the photo and its results', async () => {
    const { page } = visit
    await visit.annotate(png)
    await visit.goHome()
    await visit.annotate(png)
    const overlay = visit.overlayUrl
    expect((await fetch(overlay)).ok).toBe(true)

    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'Your photos' }).waitFor()
    await waitForCount(visit.thumbnails, 1)
    await page.getByRole('button', { name: 'Dismiss the message' }).click()
    await expect.poll(async () => (await fetch(overlay)).ok).toBe(false)
    await page.reload()
    await visit.thumbnails.first().waitFor()
    await waitForCount(visit.thumbnails, 1)
  })

  it('deletes the photo with a key, and shows it again after Undo', async () => {
    await visit.annotate(png)
    await visit.goHome()
    await visit.thumbnails.getByRole('link').press('Delete')
    await visit.page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    await visit.page.getByRole('button', { name: 'Undo' }).click()
    await waitForCount(visit.thumbnails, 1)
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
    await expect.poll(() => status.textContent()).toContain('The image is damaged or incomplete.')
    await expect.poll(() => status.locator('code').textContent()).toBe('corrupt-image')
  })
})

it('the results of a HEIC photo that is not decoded are shown over an empty area of its size', async () => {
  await visit.drop('IMG_0001.HEIC', '', readFileSync(HEIC)) // Some systems have no MIME type for HEIC.
  await visit.waitForStatus('succeeded')
  const stage = visit.page.locator('.stage')
  await expect.poll(() => stage.textContent()).toContain('Your browser cannot display HEIC photos.')
  await visit.page.locator('.stage .masks').waitFor() // Its URL arrives after the status.
  await waitForCount(visit.page.locator('.object-label'), 4)
  const ratio = async () => stage.boundingBox().then((place) => place && place.width / place.height)
  await expect.poll(ratio).toBeCloseTo(1.5, 1)
})

it('the text of the model is shown as text, never as markup', async () => {
  const markup = '<img src=x onerror="document.title=1"><b>bold</b>'
  const answer = { caption: markup, altText: markup, labels: [markup], text: markup }
  await gemini.script({
    match: { textIncludes: 'Describe this picture' },
    reply: { text: JSON.stringify(answer) },
  })
  await visit.annotate(png)
  await expect.poll(() => visit.page.locator('.caption').textContent()).toBe(markup.replaceAll('<', '‹'))
  expect(await visit.page.locator('.description b, .description img').count()).toBe(0)
})

it('a partial result shows the missing step, and "Run again" completes it', async () => {
  await gemini.script({ match: { textIncludes: 'Describe this picture' }, reply: { finishReason: 'SAFETY' } })
  await visit.drop('four shapes.png', 'image/png', png)
  await visit.waitForStatus('partial')
  await expect.poll(() => visit.page.locator('.status').textContent()).toContain('the description is missing')
  await expect.poll(() => visit.page.locator('.step-failed').textContent()).toContain('Described')
  await waitForBoxes(visit, truths, OWN_SHAPES)
  await visit.page.screenshot({ path: join(ARTIFACTS, 'partial-light.png'), fullPage: true })
  await gemini.reset()
  await visit.page.getByRole('button', { name: 'Run again' }).click()
  await visit.waitForStatus('succeeded')
  await expect.poll(() => visit.page.locator('.caption').textContent()).toContain('red circle')
  await waitForCount(visit.page.getByRole('button', { name: 'Run again' }), 0)
})

it('an inline script that was injected into the page does not run', async () => {
  const { page } = visit
  const directive = await page.evaluate(async () => {
    const violated = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        resolve(effectiveDirective),
      )
    })
    const script = document.createElement('script')
    script.textContent = 'document.title = "injected"'
    document.body.append(script)
    return violated
  })
  expect(directive).toBe('script-src-elem')
  expect(await page.title()).not.toBe('injected')
  await visit.expectProblem(/Content Security Policy/)
})
