import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { writeAnnotations } from '../support/admin.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { storePhotos } from '../support/gallery-photos.ts'
import { rendered } from '../support/rendering.ts'
import type { GivenPhoto } from '../support/stored-photos.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/** More than a page of 48, so that the last ones are loaded later. */
const COUNT = 60

const SIZES = [
  { width: 1280, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
  { width: 320, height: 640 },
  { width: 844, height: 390 },
]

let browser: Browser
let visit: FiresightPage
let photos: GivenPhoto[]
let thumbnail: Buffer

beforeAll(async () => {
  browser = await launchBrowser()
  thumbnail = await sharp({ create: { width: 320, height: 213, channels: 3, background: 'steelblue' } })
    .jpeg()
    .toBuffer()
})
afterAll(async () => browser?.close())
beforeEach(async () => {
  visit = await FiresightPage.open(browser)
  const changes = Array.from({ length: COUNT }, (_, index) => ({
    labels: index % 5 === 0 ? ['cat', 'animal'] : ['street'],
    ...(index === 2 && { status: 'deferred' as const }),
    ...(index === 3 && { status: 'partial' as const }),
  }))
  photos = await storePhotos(await visit.uid(), thumbnail, changes)
  await visit.thumbnails.first().waitFor()
})
afterEach(async () => visit.close())

const idOf = (index: number) => photos.at(index)!.imageId
const tile = (index: number) => visit.page.locator(`.tile[data-image-id="${idOf(index)}"]`)
const link = (index: number) => tile(index).getByRole('link')
const checkbox = (index: number) => tile(index).getByRole('checkbox')
const selected = async () => visit.page.locator('.tile-selected').count()
const focusedId = async () =>
  visit.page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-image-id]')?.dataset.imageId)
const violations = async () => {
  const found = await axeViolations(visit.page)
  const { scrollWidth, clientWidth } = await visit.page.evaluate(() => document.documentElement)
  return [...found, ...(scrollWidth > clientWidth ? ['overflow'] : [])]
}

describe('the gallery, with 60 photos', () => {
  it('loads the older photos when the end comes near, and opens and returns to each of them', async () => {
    const { page } = visit
    await waitForCount(visit.thumbnails, 48)
    await page.getByRole('status').filter({ hasText: '48+ photos' }).waitFor()
    await link(47).scrollIntoViewIfNeeded()
    await waitForCount(visit.thumbnails, COUNT)
    await page.getByRole('status').filter({ hasText: '60 photos' }).waitFor()

    await link(-2).click()
    await page.getByRole('link', { name: 'Next photo' }).waitFor()
    await rendered(page)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => visit.imageId).toBe(idOf(-1))
    await rendered(page)
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => visit.imageId).toBe(idOf(-2))
    await page.getByRole('link', { name: 'All photos' }).click()
    await link(-2).waitFor()
    await expect.poll(focusedId).toBe(idOf(-2))
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(500)
  })

  it('updates the state of older photos too, which newer ones have pushed out of the watched part', async () => {
    const write = async (status: Annotation['status']) =>
      writeAnnotations([{ imageId: idOf(55), annotation: { ...photos[55]!.annotation, status } }])
    await write('deferred')
    await link(47).scrollIntoViewIfNeeded()
    const badge = tile(55).locator('.badge')
    await expect.poll(() => badge.allTextContents()).toEqual(['Waiting'])
    await write('succeeded')
    await expect.poll(() => badge.count()).toBe(0)
  })

  it('shows the photos with a label, by the link on a photo and by the search field', async () => {
    const { page } = visit
    await link(5).click()
    await page.getByRole('link', { name: 'animal' }).click()
    await page.getByRole('heading', { name: 'Photos with “animal”' }).waitFor()
    await waitForCount(visit.thumbnails, 12)
    expect(await violations()).toEqual([])
    await link(10).click()
    await page.getByRole('link', { name: 'Next photo' }).waitFor()
    await rendered(page)
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => visit.imageId).toBe(idOf(15))
    await page.goBack()
    await page.goBack()
    await page.getByRole('link', { name: 'Remove the filter “animal”' }).click()
    await page.getByRole('heading', { name: 'Your photos' }).waitFor()

    await rendered(page)
    await page.keyboard.press('/')
    await page.keyboard.type('Str')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Photos with “street”' }).waitFor()
    await rendered(page)
    await page.keyboard.press('/')
    await page.keyboard.type('bicycle')
    await page.keyboard.press('Enter')
    await page.getByText('None of your photos has the label “bicycle”.').waitFor()
    expect(await violations()).toEqual([])
    await page.getByRole('link', { name: 'Show all photos' }).click()
    await waitForCount(visit.thumbnails, 48)
  })

  it('can be used with the keyboard alone', async () => {
    const { page } = visit
    await link(0).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focusedId).toBe(idOf(2))
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    await expect.poll(focusedId).toBe(idOf(1))
    // One stop for Tab: the next one is the checkbox of the photo, then the list is left.
    await page.keyboard.press('Tab')
    await expect.poll(() => checkbox(1).evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.press('Space')
    await expect.poll(selected).toBe(1)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+Space')
    await expect.poll(selected).toBe(3)
    await page.keyboard.press('x')
    await expect.poll(selected).toBe(2)
    await page.keyboard.press('Control+a')
    await expect.poll(selected).toBe(48)
    await page.keyboard.press('Escape')
    await expect.poll(selected).toBe(0)
    await page.keyboard.press('Home')
    await expect.poll(focusedId).toBe(idOf(0))
    await page.keyboard.press('End')
    await expect.poll(focusedId).toBe(idOf(47))
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await violations()).toEqual([])
    await page.keyboard.press('Escape')
    await waitForCount(page.getByRole('dialog'), 0)
    await expect.poll(focusedId).toBe(idOf(47))
    await page.keyboard.press('Home')
    await expect.poll(focusedId).toBe(idOf(0))
    await page.keyboard.press('Enter')
    await expect.poll(() => visit.imageId).toBe(idOf(0))

    // A photo that does not exist cannot have the focus afterwards.
    await page.evaluate((hash) => (location.hash = hash), 'x'.repeat(43))
    await page.getByRole('link', { name: 'Show all photos' }).press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
  })

  it('selects several photos with the pointer, and compares 2 to 16 of them', async () => {
    const { page } = visit
    await tile(0).hover()
    await checkbox(0).click()
    await expect.poll(() => page.getByRole('button', { name: 'Compare' }).isDisabled()).toBe(true)
    await link(3).click({ modifiers: ['Shift'] })
    await expect.poll(selected).toBe(4)
    await link(1).click()
    await page.getByText('3 selected').waitFor()
    await page.getByRole('button', { name: 'Select all loaded', exact: true }).click()
    await page.getByText('At most 16 photos can be compared').waitFor()
    await page.keyboard.press('Escape')
    await checkbox(4).check()
    await checkbox(6).check()
    await page.getByRole('button', { name: 'Compare' }).click()
    await expect.poll(() => new URL(page.url()).hash).toBe(`#${idOf(4)}+${idOf(6)}`)
  })

  it('fits each size and has no axe violations, in light and dark, with badges, a selection and a message', async () => {
    const { page } = visit
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await tile(4).hover()
      await checkbox(4).check()
      for (const size of SIZES) {
        await page.setViewportSize(size)
        expect([size, await violations()]).toEqual([size, []])
      }
      await page.keyboard.press('Escape')
    }
    await expect.poll(() => page.locator('.badge').allTextContents()).toEqual(['Waiting', 'Incomplete'])
    await link(5).press('Delete')
    await visit.holdUndo()
    await page.getByText('1 photo deleted.').waitFor()
    for (const size of SIZES) {
      await page.setViewportSize(size)
      expect([size, await violations()]).toEqual([size, []])
    }
    await page.getByRole('button', { name: 'Undo' }).click()
    await tile(5).waitFor()
  })
})
