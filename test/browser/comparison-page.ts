import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene, type Scene, withOrientation } from '../support/scene.ts'
import { edges, edgesWithin } from './drawn-results.ts'
import { FiresightPage } from './firesight-page.ts'

export const SIZES = [
  { width: 1280, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
]

export const SQUARE = { x: 760, y: 470, width: 230, height: 230 }
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
/* The page of a user with two photos, for `useTwoPhotos`. */
export let visit: FiresightPage
export let firstId: string
export let secondId: string

/** The tests of a file share a page. `openTwoPhotos` opens it. */
export function useTwoPhotos(): void {
  beforeAll(async () => {
    before = (await drawScene(OWN_SHAPES)).png
    // Stored rotated: the boxes must be those of the upright picture.
    after = await withOrientation((await drawScene(REPAINTED)).png, 6)
    browser = await launchBrowser()
  })
  beforeEach(async () => gemini.reset())
  afterAll(async () => {
    await gemini.reset()
    await visit?.close()
    await browser?.close()
  })
}

export async function openTwoPhotos(): Promise<void> {
  await visit?.close()
  visit = await FiresightPage.open(browser)
  await visit.annotate(after, 'after.jpg', 'image/jpeg')
  secondId = visit.imageId
  await visit.annotate(before, 'before.png')
  firstId = visit.imageId
}

export const panel = () => visit.page.getByRole('region', { name: 'Comparison' })
export const shown = async (words: string) => panel().getByText(words).waitFor()
export const photo = (number: number) =>
  visit.page.getByRole('figure', { name: `Photo ${number}`, exact: true })
export const regions = (number: number) => photo(number).locator('.box')
export const highlighted = (number: number) => photo(number).locator('.box-pointed')
export const difference = (name: RegExp) =>
  visit.page.locator('.comparison-words').getByRole('button', { name })
export const dialog = () => visit.page.getByRole('dialog')
export const comparisons = async () =>
  (await gemini.requests()).filter(({ texts }) => texts?.join().includes('Compare these')).length

/** Chooses the other photo with the keyboard. The comparison starts by itself. */
export async function chooseOther(): Promise<void> {
  const { page } = visit
  await page.getByRole('button', { name: 'Compare', exact: true }).press('Enter')
  await dialog()
    .getByRole('link', { name: /^Compare with/ })
    .press('Enter')
  await page.getByRole('heading', { name: 'Compare 2 photos' }).waitFor()
  // Boxes are drawn after the photos are loaded.
  const picture = (number: number) => photo(number).locator('.stage-photo')
  for (const number of [1, 2])
    await expect
      .poll(() => picture(number).evaluate(({ naturalWidth }: HTMLImageElement) => naturalWidth))
      .toBeGreaterThan(0)
}

/** Without the results of earlier tests. */
export async function showFirst(): Promise<void> {
  await visit.page.reload() // Closes a dialog that a failed test left open.
  await visit.goHome()
  await visit.page.evaluate(() => sessionStorage.clear())
  await visit.show(firstId)
}

/**
 * The largest distance of an edge of a shown region from its true place, as a fraction of the photo's side.
 */
export async function deviation(region: Locator, number: number, box: typeof SQUARE): Promise<number> {
  const found = await edgesWithin(region.locator('.box-line'), photo(number).locator('.stage-photo'))
  return Math.max(...edges(box, OWN_SHAPES).map((edge, side) => Math.abs(edge - found[side]!)))
}
