import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PATIENCE_MS } from '../support/app.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Scene, withOrientation } from '../support/scene.ts'
import { edges, edgesWithin, FiresightPage } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** Only prompts of comparisons include this text. */
const COMPARISON = { textIncludes: 'Compare these 2 pictures' }

const SIZES = [
  { width: 1280, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
]
/** Uploads and results of many photos. */
const LONG_MS = 120_000

const SQUARE = { x: 760, y: 470, width: 230, height: 230 }
/** The same scene with one shape in another colour. */
const REPAINTED: Scene = {
  ...OWN_SHAPES,
  shapes: OWN_SHAPES.shapes.map((shape) =>
    shape.kind === 'square' ? { ...shape, colour: 'purple' } : shape,
  ),
}

let browser: Browser
let before: Buffer
let after: Buffer
let visit: FiresightPage
let firstId: string
let secondId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  before = (await drawScene(OWN_SHAPES)).png
  // Stored rotated: the boxes must be those of the upright picture.
  after = await withOrientation((await drawScene(REPAINTED)).png, 6)
  browser = await launchBrowser()
})
afterAll(async () => {
  await gemini.reset()
  await browser?.close()
})
beforeEach(async () => gemini.reset())

async function openTwoPhotos(): Promise<void> {
  visit = await FiresightPage.open(browser)
  await visit.annotate(after, 'after.jpg', 'image/jpeg')
  secondId = visit.imageId
  await visit.annotate(before, 'before.png')
  firstId = visit.imageId
}

const panel = () => visit.page.getByRole('region', { name: 'Comparison' })
const shown = async (words: string) => panel().getByText(words).waitFor({ timeout: PATIENCE_MS })
const photo = (number: number) => visit.page.getByRole('figure', { name: `Photo ${number}`, exact: true })
const regions = (number: number) => photo(number).locator('.box')
const highlighted = (number: number) => photo(number).locator('.box-pointed')
const difference = (name: RegExp) => visit.page.locator('.comparison-words').getByRole('button', { name })
const dialog = () => visit.page.getByRole('dialog')
const comparisons = async () =>
  (await gemini.requests()).filter(({ texts }) => texts?.join().includes('Compare these')).length

/** Chooses the other photo with the keyboard. The comparison starts by itself. */
async function chooseOther(): Promise<void> {
  const { page } = visit
  await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter')
  await dialog()
    .getByRole('link', { name: /^Compare with/ })
    .press('Enter')
  await page.getByRole('heading', { name: 'Compare 2 photos' }).waitFor()
  for (const number of [1, 2])
    await photo(number)
      .locator('.stage-photo')
      .evaluate((image: HTMLImageElement) => image.decode())
}

async function deletePhoto(imageId: string): Promise<void> {
  await visit.goHome()
  await visit.page.locator(`.thumbnail[data-image-id="${imageId}"]`).getByRole('link').press('Delete')
  await expect.poll(() => visit.thumbnails.count()).toBe(1)
}

/** Without the results of earlier tests. */
async function showFirst(): Promise<void> {
  await visit.page.reload() // Closes a dialog that a failed test left open.
  await visit.goHome()
  await visit.page.evaluate(() => sessionStorage.clear())
  await visit.show(firstId)
}

/**
 * The largest distance of an edge of a shown region from its true place, as a fraction of the photo's side.
 */
async function deviation(region: Locator, number: number, box: typeof SQUARE): Promise<number> {
  const found = await edgesWithin(region.locator('.box-line'), photo(number).locator('.stage-photo'))
  return Math.max(...edges(box, OWN_SHAPES).map((edge, side) => Math.abs(edge - found[side]!)))
}

describe('the comparison of two photos', () => {
  beforeAll(openTwoPhotos)
  beforeEach(showFirst)
  afterAll(async () => visit.close())

  it('starts by itself, shows each difference on both photos, and highlights it from list and photo', async () => {
    const { page } = visit
    await chooseOther()
    expect(new URL(page.url()).hash).toBe(`#${firstId}+${secondId}`)
    expect(await page.getByRole('heading', { name: 'Compare 2 photos' }).evaluate(isFocused)).toBe(true)
    await shown('One difference found.')

    for (const number of [1, 2]) {
      expect(await regions(number).count()).toBe(1)
      expect(await deviation(regions(number), number, SQUARE)).toBeLessThan(0.01)
      await expect.poll(() => photo(number).locator('.chip').allTextContents()).toEqual(['A'])
    }
    const [first, second] = await Promise.all([photo(1).boundingBox(), photo(2).boundingBox()])
    expect(first!.x + first!.width).toBeLessThan(second!.x)
    expect(first!.y + first!.height).toBe(second!.y + second!.height)

    await difference(/square.*orange in photo 1 and purple in photo 2/).focus()
    expect(await highlighted(1).count()).toBe(1)
    expect(await highlighted(2).count()).toBe(1)
    await difference(/square/).blur()
    expect(await highlighted(1).count()).toBe(0)
    await regions(2).hover()
    await expect.poll(() => highlighted(1).count()).toBe(1)
    await expect.poll(() => page.locator('.object-pointed').textContent()).toContain('purple')

    const headings = page.locator('main :is(h1, h2, h3):visible')
    const levels = await headings.evaluateAll((found) => found.map(({ tagName }) => tagName))
    expect(levels.slice(0, 2)).toEqual(['H1', 'H2'])
    expect(levels.filter((level) => level === 'H1')).toHaveLength(1)
  })

  it.each(SIZES)(
    'has no axe violations and no overflow at $width pixels, nor has the dialog',
    async (size) => {
      const { page } = visit
      await page.setViewportSize(size)
      const width = async () => page.evaluate(() => document.documentElement.scrollWidth)
      await page.getByRole('button', { name: 'Compare', exact: true }).click()
      await dialog().getByRole('checkbox').check()
      await page.screenshot({ path: join(ARTIFACTS, `compare-choose-${size.width}.png`) })
      expect(await axeViolations(page)).toEqual([])
      expect(await width()).toBe(size.width)
      await dialog().getByRole('link', { name: 'Compare 2 photos' }).click()
      await shown('One difference found.')
      // Browsers align lines to whole pixels; on a phone, a pixel is 1 % of the height of the photo.
      await photo(2).locator('.stage-photo').waitFor()
      expect(await deviation(regions(2), 2, SQUARE)).toBeLessThan(0.015)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await axeViolations(page)).toEqual([])
        await page.screenshot({
          path: join(ARTIFACTS, `compare-${size.width}-${colorScheme}.png`),
          fullPage: true,
        })
      }
      expect(await width()).toBe(size.width)
    },
  )

  it('is kept after a reload and after Back, without another request', async () => {
    const { page } = visit
    await chooseOther()
    await shown('One difference found.')
    expect(await comparisons()).toBe(1)
    await page.reload()
    await shown('One difference found.')
    await page.goBack()
    await visit.waitForStatus('succeeded')
    await page.goForward()
    await shown('One difference found.')
    expect(await regions(1).count()).toBe(1)
    expect(await comparisons()).toBe(1)
  })

  it('sends the question, and shows text without markup and each region on its photo', async () => {
    const markup = '<img src=x onerror="document.title=1">'
    const answer = {
      summary: markup,
      similarities: [markup],
      differences: [
        { description: `The light is warmer. ${markup}`, regions: [] },
        { description: 'There is a cup.', regions: [{ image: 2, box_2d: [100, 200, 500, 400] }] },
        {
          description: 'Two chairs are gone.',
          regions: [
            { image: 1, box_2d: [500, 0, 1000, 100] },
            { image: 1, box_2d: [500, 800, 1000, 1000] },
          ],
        },
      ],
    }
    await chooseOther()
    await shown('One difference found.')
    await gemini.script({ match: COMPARISON, reply: { text: JSON.stringify(answer) } })
    const words = 'What about the light?'
    await panel().getByRole('textbox').fill(words)
    await panel().getByRole('textbox').press('Enter')
    await shown('3 differences found.')
    expect((await gemini.requests()).at(-1)!.texts?.join()).toContain(words)

    const { page } = visit
    const shownMarkup = markup.replace('<', '‹')
    expect(await page.locator('.caption').textContent()).toBe(shownMarkup)
    expect(await page.locator('.comparison-words img').count()).toBe(0)
    const labels = async (number: number) =>
      regions(number).evaluateAll((found) => found.map((one) => one.getAttribute('data-label')))
    expect(await labels(1)).toEqual(['C', 'C'])
    expect(await labels(2)).toEqual(['B'])
    const cup = { x: 240, y: 80, width: 240, height: 320 }
    expect(await deviation(regions(2), 2, cup)).toBeLessThan(0.01)
    await difference(/chairs/).hover()
    expect(await highlighted(1).count()).toBe(2)
    await page.reload()
    await shown('3 differences found.')
    expect(await panel().getByRole('textbox').inputValue()).toBe(words)
  })

  it('shows "No differences found."', async () => {
    const answer = { summary: 'The images show the same.', similarities: [], differences: [] }
    await gemini.script({ match: COMPARISON, reply: { text: JSON.stringify(answer) } })
    await chooseOther()
    await shown('No differences found.')
    expect(await visit.page.locator('.box').count()).toBe(0)
  })

  it('shows the time while it runs, and stops on "Cancel"', async () => {
    await gemini.script({ match: COMPARISON, reply: { delayMs: 60_000 } })
    await chooseOther()
    await shown('Comparing 2 photos…')
    await panel()
      .getByText(/^\d+(\.\d)? s$/)
      .waitFor()
    await panel().getByRole('button', { name: 'Cancel' }).click()
    await panel().getByRole('button', { name: 'Compare', exact: true }).waitFor()
    expect(await panel().getByRole('alert').textContent()).toBe('')
    expect(await axeViolations(visit.page)).toEqual([])
  })

  it('offers "Try again" after a retryable error', async () => {
    // One call makes three attempts.
    await gemini.script({ match: COMPARISON, times: 3, reply: { status: 503 } })
    await chooseOther()
    await shown('The model is temporarily unavailable.')
    expect(await axeViolations(visit.page)).toEqual([])
    await panel().getByRole('button', { name: 'Try again' }).click()
    await shown('One difference found.')
    expect(await regions(1).count()).toBe(1)
  })

  it(
    'takes more photos, up to 16, uploaded in the dialog, and removes them again',
    async () => {
      const { page } = visit
      await chooseOther()
      await shown('One difference found.')
      const plain = async (colour: string, index: number) => ({
        name: `${colour}-${index}.png`,
        mimeType: 'image/png',
        buffer: await sharp({ create: { width: 60 + index, height: 60, channels: 3, background: colour } })
          .png()
          .toBuffer(),
      })
      const upload = async (count: number, from: number) => {
        await page.getByRole('button', { name: 'Add photo' }).click()
        const files = await Promise.all(
          Array.from({ length: count }, async (_, i) => plain('teal', from + i)),
        )
        await dialog().locator('input[type=file]').setInputFiles(files)
      }
      await upload(1, 0)
      await dialog().getByRole('link', { name: 'Compare 3 photos' }).click({ timeout: LONG_MS })
      await page.getByRole('heading', { name: 'Compare 3 photos' }).waitFor()
      await panel()
        .getByText(/differences? found/)
        .waitFor({ timeout: LONG_MS })
      expect(await page.getByRole('figure').count()).toBe(3)
      expect((await gemini.requests()).at(-1)!.images).toHaveLength(3)
      await page.screenshot({ path: join(ARTIFACTS, 'compare-three.png') })

      await upload(13, 1)
      await dialog().getByRole('link', { name: 'Compare 16 photos' }).click({ timeout: LONG_MS })
      await page.getByRole('heading', { name: 'Compare 16 photos' }).waitFor()
      await panel()
        .getByText(/differences? found/)
        .waitFor({ timeout: LONG_MS })
      expect(await page.getByRole('figure').count()).toBe(16)
      expect((await gemini.requests()).at(-1)!.images).toHaveLength(16)
      expect(await page.getByRole('button', { name: 'Add photo' }).count()).toBe(0)
      for (const size of SIZES) {
        await page.setViewportSize(size)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width)
        expect(await axeViolations(page)).toEqual([])
        await page.screenshot({ path: join(ARTIFACTS, `compare-sixteen-${size.width}.png`), fullPage: true })
      }

      await page.getByRole('link', { name: 'Remove photo 16 from the comparison' }).click()
      await page.getByRole('heading', { name: 'Compare 15 photos' }).waitFor()
      await page.getByRole('button', { name: 'Add photo' }).click()
      // One photo is free: the other boxes are disabled once it is ticked.
      await dialog().getByRole('checkbox').first().check()
      expect(await dialog().getByRole('checkbox', { disabled: true }).count()).toBe(0)
    },
    4 * LONG_MS,
  )
})

describe('after a deletion', () => {
  beforeEach(openTwoPhotos)
  afterEach(async () => visit.close())

  it('a photo that was deleted is named, and can be removed', async () => {
    const { page } = visit
    await chooseOther()
    await shown('One difference found.')
    await deletePhoto(firstId)
    await page.evaluate((hash) => (location.hash = hash), `${firstId}+${secondId}`)
    await panel().getByText('Photo 1 cannot be compared. Remove it to start.').waitFor()
    await photo(1).getByText('This photo does not exist, or it was deleted.').waitFor()
    await page.getByRole('link', { name: 'Remove photo 1 from the comparison' }).click()
    await expect.poll(() => visit.imageId).toBe(secondId)
    await visit.waitForStatus('succeeded')
  })

  it('the dialog of a single photo says that there is no other', async () => {
    const { page } = visit
    await deletePhoto(secondId)
    await visit.show(firstId)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await dialog().getByText('You have no other photo. Upload one to compare.').waitFor()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
  })
})

function isFocused(element: Element): boolean {
  return element === document.activeElement
}
