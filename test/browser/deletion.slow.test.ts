import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { isStored } from '../support/admin.ts'
import { BUCKET } from '../support/app.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { storeDeletable } from '../support/gallery-photos.ts'
import { FiresightPage } from './firesight-page.ts'

let browser: Browser
let visit: FiresightPage
let paths: string[]

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => browser?.close())
beforeEach(async () => {
  visit = await FiresightPage.open(browser)
  paths = await storeDeletable(await visit.uid(), 4)
  await visit.thumbnails.nth(3).waitFor()
})
afterEach(async () => visit.close())

const idOf = (index: number) => imageIdOf(BUCKET, paths[index]!)
const tile = (index: number) => visit.page.locator(`.tile[data-image-id="${idOf(index)}"]`)
const shown = async () => visit.thumbnails.count()
const exists = async (index: number) => isStored(paths[index]!)
const focusedId = async () =>
  visit.page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-image-id]')?.dataset.imageId)
describe('deleted photos', () => {
  it('disappear at once, return with Undo, and are deleted when the time has passed', async () => {
    const { page } = visit
    // The newest photo is the last upload.
    await tile(3).hover()
    await tile(3).getByRole('checkbox').check()
    await tile(2).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    expect(await shown()).toBe(2)
    expect(await focusedId()).toBe(idOf(1))
    await page.getByRole('status').filter({ hasText: '2 photos deleted.' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(shown).toBe(4)
    await expect.poll(focusedId).toBe(idOf(3))
    await page.getByRole('status').filter({ hasText: '2 photos restored.' }).waitFor()
    expect(await exists(3)).toBe(true)

    await tile(3).getByRole('link').press('Delete')
    await tile(2).getByRole('link').press('Delete')
    await page.keyboard.press('Control+z')
    await expect.poll(shown).toBe(3)
    await expect.poll(async () => exists(3), { timeout: 30_000 }).toBe(false)
    expect(await exists(2)).toBe(true)
    expect(await shown()).toBe(3)
  })
})
