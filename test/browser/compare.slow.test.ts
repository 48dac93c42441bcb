import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PATIENCE_MS } from '../support/app.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Scene, withOrientation } from '../support/scene.ts'
import { edges, edgesWithin, FiresightPage } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** Only prompts of comparisons include this text. */
const COMPARISON = { textIncludes: 'Compare these 2 pictures' }

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
const compare = () => panel().getByRole('button', { name: 'Compare', exact: true })
const shown = async (words: string) => panel().getByText(words).waitFor({ timeout: PATIENCE_MS })
const photo = (number: 1 | 2) => visit.page.getByRole('figure').filter({ hasText: `Photo ${number}` })
const regions = (number: 1 | 2) => photo(number).locator('.box')
const highlighted = (number: 1 | 2) => photo(number).locator('.box-pointed')
const difference = (name: RegExp) => visit.page.locator('.comparison-words').getByRole('button', { name })

/** Chooses the other photo with the keyboard. */
async function chooseOther(): Promise<void> {
  const { page } = visit
  await page.getByRole('button', { name: 'Compare' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Choose a photo to compare with' })
  await dialog.getByRole('link').press('Enter')
  await page.getByRole('heading', { name: 'Compare two photos' }).waitFor()
  for (const number of [1, 2] as const)
    await photo(number)
      .locator('.stage-photo')
      .evaluate((image: HTMLImageElement) => image.decode())
}

/**
 * The largest distance of an edge of a shown region from its true place, as a fraction of the photo's side.
 */
async function deviation(region: Locator, number: 1 | 2, box: typeof SQUARE): Promise<number> {
  const found = await edgesWithin(region.locator('.box-line'), photo(number).locator('.stage-photo'))
  return Math.max(...edges(box, OWN_SHAPES).map((edge, side) => Math.abs(edge - found[side]!)))
}

describe('the comparison of two photos', () => {
  beforeAll(openTwoPhotos)
  beforeEach(async () => visit.show(firstId))
  afterAll(async () => visit.close())

  it('shows each difference on both photos, and highlights it from the list and from each photo', async () => {
    const { page } = visit
    await chooseOther()
    expect(new URL(page.url()).hash).toBe(`#${firstId}+${secondId}`)
    expect(await page.getByRole('heading', { name: 'Compare two photos' }).evaluate(isFocused)).toBe(true)
    await compare().click()
    await shown('One difference found.')

    for (const number of [1, 2] as const) {
      expect(await regions(number).count()).toBe(1)
      expect(await deviation(regions(number), number, SQUARE)).toBeLessThan(0.01)
      await expect.poll(() => photo(number).locator('.chip').allTextContents()).toEqual(['A'])
    }
    const [first, second] = await Promise.all([photo(1).boundingBox(), photo(2).boundingBox()])
    expect(first!.x + first!.width).toBeLessThan(second!.x)
    expect(first!.y).toBe(second!.y)

    await difference(/square.*orange in image 1 and purple in image 2/).focus()
    expect(await highlighted(1).count()).toBe(1)
    expect(await highlighted(2).count()).toBe(1)
    await difference(/square/).blur()
    expect(await highlighted(1).count()).toBe(0)
    await regions(2).hover()
    await expect.poll(() => highlighted(1).count()).toBe(1)
    await expect.poll(() => page.locator('.object-pointed').textContent()).toContain('purple')

    await page.mouse.move(0, 0)
    await page.screenshot({ path: join(ARTIFACTS, 'compare-light.png'), fullPage: true })
    await page.emulateMedia({ colorScheme: 'dark' })
    await difference(/square/).hover()
    await page.screenshot({ path: join(ARTIFACTS, 'compare-dark.png'), fullPage: true })
  })

  it('fits a screen of 360 pixels', async () => {
    const { page } = visit
    await page.setViewportSize({ width: 360, height: 780 })
    const width = async () => page.evaluate(() => document.documentElement.scrollWidth)
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('dialog').getByRole('link').waitFor()
    expect(await width()).toBe(360)
    await page.screenshot({ path: join(ARTIFACTS, 'compare-choose-360.png') })
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
    await chooseOther()
    await compare().click()
    await shown('One difference found.')
    expect(await width()).toBe(360)
    // Browsers align lines to whole pixels; here a pixel is 1 % of the height of the photo.
    expect(await deviation(regions(2), 2, SQUARE)).toBeLessThan(0.015)
    await page.screenshot({ path: join(ARTIFACTS, 'compare-360.png'), fullPage: true })
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
    const labels = async (number: 1 | 2) =>
      regions(number).evaluateAll((found) => found.map((one) => one.getAttribute('data-label')))
    expect(await labels(1)).toEqual(['C', 'C'])
    expect(await labels(2)).toEqual(['B'])
    const cup = { x: 240, y: 80, width: 240, height: 320 }
    expect(await deviation(regions(2), 2, cup)).toBeLessThan(0.01)
    await difference(/chairs/).hover()
    expect(await highlighted(1).count()).toBe(2)
    await page.screenshot({ path: join(ARTIFACTS, 'compare-three.png'), fullPage: true })
  })

  it('shows "No differences found."', async () => {
    await chooseOther()
    const answer = { summary: 'The images show the same.', similarities: [], differences: [] }
    await gemini.script({ match: COMPARISON, reply: { text: JSON.stringify(answer) } })
    await compare().click()
    await shown('No differences found.')
    expect(await visit.page.locator('.box').count()).toBe(0)
  })

  it('stops on "Cancel"', async () => {
    await chooseOther()
    await gemini.script({ match: COMPARISON, reply: { delayMs: 60_000 } })
    await compare().click()
    await shown('Comparing…')
    await panel().getByRole('button', { name: 'Cancel' }).click()
    await compare().waitFor()
    expect(await panel().getByRole('alert').textContent()).toBe('')
  })

  it('offers "Try again" after a retryable error', async () => {
    await chooseOther()
    // One call makes three attempts.
    await gemini.script({ match: COMPARISON, times: 3, reply: { status: 503 } })
    await compare().click()
    await shown('The model is temporarily unavailable.')
    await panel().getByRole('button', { name: 'Try again' }).click()
    await shown('One difference found.')
    expect(await regions(1).count()).toBe(1)
  })
})

describe('the photos of a comparison', () => {
  beforeEach(openTwoPhotos)
  afterEach(async () => visit.close())

  it('shows both photos after a reload', async () => {
    const { page } = visit
    await chooseOther()
    await page.reload()
    await photo(2).locator('.stage-photo').waitFor()
    expect(await page.locator('.stage-photo').count()).toBe(2)
  })

  it('a single photo shows how to add another to compare', async () => {
    const { page } = visit
    await visit.goHome()
    await page.locator(`.thumbnail[data-image-id="${secondId}"]`).getByRole('link').press('Delete')
    await expect.poll(() => visit.thumbnails.count()).toBe(1)
    await visit.thumbnails.getByRole('link').click()
    await page.getByRole('button', { name: 'Compare' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('You have only one photo.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => page.locator('dialog').count()).toBe(0)
  })
})

function isFocused(element: Element): boolean {
  return element === document.activeElement
}
