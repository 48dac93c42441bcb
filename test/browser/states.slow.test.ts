import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { rendered } from '../support/rendering.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage } from './firesight-page.ts'
import { BARE, DELETED, STATES } from './photo-states.ts'

/* Every state of the page, in three forms: light, dark and 320 pixels wide, and with text of 200 %. */

const ARTIFACTS = join(import.meta.dirname, '../../artifacts/states')
const WIDE = { width: 1280, height: 900 }
const NARROW = { width: 320, height: 640 }

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
  'base64',
)

let browser: Browser
let visit: FiresightPage
let photo: Annotation
let photoId: string

beforeAll(async () => {
  rmSync(ARTIFACTS, { recursive: true, force: true })
  mkdirSync(ARTIFACTS, { recursive: true })
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser)
  photo = await writeFiles((await userOf(visit.page)).uid)
})
afterAll(async () => {
  await visit?.close()
  await browser?.close()
})

/** Violations and overflow in the three forms. */
async function problemsOf(state: string): Promise<string[]> {
  const { page } = visit
  const problems: string[] = []
  const look = async (form: string) => {
    problems.push(...(await axeViolations(page)).map((violation) => `${form}: ${violation}`))
    const overflow = await page.evaluate(widestElements)
    if (overflow) problems.push(`${form}: ${overflow}`)
    await page.screenshot({ path: join(ARTIFACTS, `${state.replaceAll(/\W+/g, '-')}-${form}.png`) })
  }
  await page.setViewportSize(WIDE)
  await look('light')
  await page.setViewportSize(NARROW)
  await page.emulateMedia({ colorScheme: 'dark' })
  await look('narrow')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(WIDE)
  await setTextSize(32)
  await look('large')
  await setTextSize(16)
  return problems
}

/** Runs in the page: the elements that reach beyond the window. */
function widestElements(): string | undefined {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return undefined
  const wide = [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
    .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`)
  return `the page is ${scrollWidth} px wide in a window of ${clientWidth} px: ${wide.slice(0, 4).join(', ')}`
}

/** As the text size in the settings of the browser: media queries in rem follow it too. The default is 16. */
async function setTextSize(pixels: number): Promise<void> {
  const session = await visit.page.context().newCDPSession(visit.page)
  await session.send('Page.setFontSizes', { fontSizes: { standard: pixels, fixed: (pixels * 13) / 16 } })
  await session.detach()
  // Text follows the size that the user has chosen in the browser.
  const size = async () => visit.page.evaluate(() => getComputedStyle(document.body).fontSize)
  await expect.poll(size).toBe(`${pixels}px`)
}

async function open(hash: string): Promise<void> {
  await visit.page.evaluate((to) => {
    location.hash = to
  }, hash)
  await rendered(visit.page) // The page before may have the same elements.
}

describe('no axe violations and no overflow', () => {
  it('home page without photos', async () => {
    expect(await problemsOf('home empty')).toEqual([])
    photoId = await writePhoto(photo, 'succeeded')
  })

  it.each(Object.keys(STATES))('photo: %s', async (name) => {
    const changes = STATES[name]!(photo)
    const imageId = await writePhoto(photo, name, changes)
    await open(imageId)
    await visit.page.locator(`[data-status="${changes.status ?? 'succeeded'}"]`).waitFor()
    expect(await problemsOf(`photo ${name}`)).toEqual([])
  })

  it('deleted photo', async () => {
    const dates = { completedAt: new Date(), expireAt: new Date(Date.now() + 864e5) }
    const imageId = await writePhoto(photo, 'deleted', { ...BARE, ...dates, ...DELETED })
    await open(imageId)
    await visit.page
      .getByRole('main')
      .getByText(/deleted/i)
      .first()
      .waitFor()
    expect(await problemsOf('photo deleted')).toEqual([])
  })

  it('unknown photo', async () => {
    await open('x'.repeat(43))
    await visit.page.locator('article.photo').waitFor({ state: 'detached' })
    await visit.page.getByRole('main').getByRole('heading').first().waitFor()
    expect(await problemsOf('photo unknown')).toEqual([])
  })

  it('home page with photos', async () => {
    await open('')
    await visit.thumbnails.first().waitFor()
    expect(await problemsOf('home photos')).toEqual([])
  })

  it('home page with selected photos, and with a deleted one', async () => {
    const { page } = visit
    await page.locator('.tile a').first().focus()
    await page.keyboard.press('x')
    await page.getByRole('toolbar', { name: 'Selected photos' }).waitFor()
    const selecting = await problemsOf('home selection')
    await page.getByRole('button', { name: 'Delete' }).click()
    await visit.holdUndo()
    const deleted = await problemsOf('home undo')
    await page.getByRole('button', { name: 'Undo' }).click()
    expect([selecting, deleted]).toEqual([[], []])
  })

  it('home page filtered by a label, with and without photos', async () => {
    await open('label=shapes')
    await visit.thumbnails.first().waitFor()
    const some = await problemsOf('home label')
    await open('label=nothing')
    await visit.page.getByText('None of your photos has the label').waitFor()
    expect([some, await problemsOf('home label without photos')]).toEqual([[], []])
    await open('')
  })

  it('dialog of the keyboard shortcuts', async () => {
    await visit.page.keyboard.press('?')
    await visit.page.getByRole('dialog').waitFor()
    expect(await problemsOf('dialog shortcuts')).toEqual([])
    await visit.page.keyboard.press('Escape')
  })

  it('home page with uploads in the queue', async () => {
    const { page } = visit
    // Uploads wait until the test ends.
    await page.route('**/v0/b/*/o?name=**', async () => new Promise(() => {}))
    await page
      .locator('input[type="file"]')
      .first()
      .setInputFiles(
        ['one', 'two', 'three'].map((name) => ({
          name: `${name}.png`,
          mimeType: 'image/png',
          buffer: PIXEL,
        })),
      )
    await page.locator('.upload-row').nth(2).waitFor()
    expect(await problemsOf('home queue')).toEqual([])
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    page.once('dialog', async (dialog) => dialog.accept())
    await page.reload()
  })

  it('comparison', async () => {
    await open(`${photoId}+${await writePhoto(photo, 'nothing found', STATES['nothing found']!(photo))}`)
    await visit.page.locator('.stage-photo').nth(1).waitFor()
    expect(await problemsOf('comparison')).toEqual([])
  })

  it.each(['Export', 'Compare'])('dialog of “%s”', async (name) => {
    const { page } = visit
    await open(photoId)
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    expect(await problemsOf(`dialog ${name}`)).toEqual([])
    await page.keyboard.press('Escape')
  })
})
