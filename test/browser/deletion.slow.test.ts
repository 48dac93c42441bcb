import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imageIdOf } from '../../functions/src/document/storage-paths.ts'
import { isStored } from '../support/admin.ts'
import { BUCKET } from '../support/app.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { storeDeletable } from '../support/gallery-photos.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

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
afterEach(async () => {
  visit.ignoreProblems(/status of 404/) // A photo may be deleted while its thumbnail is loaded.
  await visit.close()
})

const idOf = (index: number) => imageIdOf(BUCKET, paths[index]!)
const tile = (index: number) => visit.page.locator(`.tile[data-image-id="${idOf(index)}"]`)
const shown = async () => visit.thumbnails.count()
const exists = async (index: number) => isStored(paths[index]!)
const focusedId = async () =>
  visit.page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-image-id]')?.dataset.imageId)
const DAY_MS = 86_400_000
/** Moves the stored end of the time for Undo. The next page reads it. */
const moveEnd = async (byMs: number) =>
  visit.page.evaluate((change) => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('firesight.deletions.'))!
    const deletions = JSON.parse(localStorage.getItem(key)!) as { dueAt: number }[]
    for (const deletion of deletions) deletion.dueAt += change
    localStorage.setItem(key, JSON.stringify(deletions))
  }, byMs)

describe('deleted photos', () => {
  it('disappear at once, return with Undo, and are deleted when the time has passed', async () => {
    const { page } = visit
    // The newest photo is the last upload.
    await tile(3).hover()
    await tile(3).getByRole('checkbox').check()
    await tile(2).getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Delete' }).click()
    await expect.poll(shown).toBe(2)
    await expect.poll(focusedId).toBe(idOf(1))
    await visit.holdUndo()
    await page.getByRole('status').filter({ hasText: '2 photos deleted.' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(shown).toBe(4)
    await expect.poll(focusedId).toBe(idOf(3))
    await page.getByRole('status').filter({ hasText: '2 photos restored.' }).waitFor()
    expect(await exists(3)).toBe(true)

    await page.mouse.move(0, 0) // The time for Undo pauses under the pointer.
    await tile(3).getByRole('link').press('Delete')
    await tile(2).getByRole('link').press('Delete')
    await page.keyboard.press('Control+z')
    await expect.poll(shown).toBe(3)
    await expect.poll(async () => exists(3)).toBe(false)
    expect(await exists(2)).toBe(true)
    expect(await shown()).toBe(3)
  })

  it('stay hidden over a reload, and are deleted at a later visit, which says so', async () => {
    const { page } = visit
    await tile(3).getByRole('link').press('Delete')
    await tile(2).getByRole('link').press('Delete')
    await moveEnd(DAY_MS) // A reload can take longer than the time for Undo.
    await page.reload()
    await expect.poll(shown).toBe(2)
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect(await exists(3)).toBe(true)
    await moveEnd(-2 * DAY_MS)
    await page.reload()
    await page.getByRole('status').filter({ hasText: 'Finished an earlier deletion' }).waitFor()
    await expect.poll(async () => [await exists(3), await exists(2)]).toEqual([false, false])
    await expect.poll(shown).toBe(2)
  })

  it('come back with a message if they could not be deleted', async () => {
    const { page } = visit
    await page.route('**/v0/b/**', async (route) =>
      route.request().method() === 'DELETE' ? route.fulfill({ status: 403, json: {} }) : route.fallback(),
    )
    await tile(1).getByRole('link').press('Delete')
    await expect.poll(shown).toBe(3)
    await page.getByRole('button', { name: 'Dismiss the message' }).click()
    await page.getByRole('alert').getByText('Could not delete 1 photo:').waitFor()
    await expect.poll(shown).toBe(4)
    expect(await axeViolations(page)).toEqual([])
    await visit.expectProblem(/403/)
  })

  it('leave the start page when the last one is deleted from its own page', async () => {
    const { page } = visit
    for (const rest of [3, 2, 1]) {
      await visit.thumbnails.first().getByRole('link').press('Delete')
      await expect.poll(shown).toBe(rest)
    }
    await visit.thumbnails.first().getByRole('link').click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    // The focused button disappeared with the photo.
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
  })

  it('say so on their page, which Back opens, and come back there with Undo', async () => {
    const { page } = visit
    await tile(3).getByRole('link').click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect.poll(shown).toBe(3)
    await page.getByRole('button', { name: 'Undo' }).hover() // The time for Undo stands still.
    await page.goBack()
    await page.getByText('The photo and all its results will be deleted.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('article.photo').waitFor()
    await page.goBack()
    await expect.poll(shown).toBe(4)
    expect(await exists(3)).toBe(true)
  })

  it('disappear in all tabs, and come back with Undo in any of them', async () => {
    const { page } = visit
    const other = await page.context().newPage()
    await other.goto(page.url())
    const inOther = async () => other.locator('.thumbnail').count()
    await expect.poll(inOther).toBe(4)
    await tile(3).getByRole('link').press('Delete')
    await expect.poll(inOther).toBe(3)
    await other.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => [await shown(), await inOther()]).toEqual([4, 4])

    await tile(2).getByRole('link').press('Delete')
    await expect.poll(inOther).toBe(3)
    await page.getByRole('button', { name: 'Dismiss the message' }).click()
    await expect.poll(async () => exists(2)).toBe(false)
    expect([await shown(), await inOther(), await exists(3)]).toEqual([3, 3, true])
    await waitForCount(other.getByRole('button', { name: 'Undo' }), 0)
    await other.close()
  })
})
