import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Annotation } from '../../functions/src/document/annotation.ts'
import { launchBrowser } from '../support/browser.ts'
import { userOf, writeFiles, writePhoto } from '../support/written-photo.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

/* What fits where: messages, small photos and long words. */

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
const LONG_LABEL = 'a long label that a model wrote'
const TEXT_FILE = ['notes.txt', 'text/plain', Buffer.from('no photo')] as const

let browser: Browser
let visit: FiresightPage
let photo: Annotation
let photoId: string
let otherId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser)
  photo = await writeFiles((await userOf(visit.page)).uid)
  photoId = await writePhoto(photo, 'one', { labels: [LONG_LABEL, ...photo.labels!] })
  otherId = await writePhoto(photo, 'other', { caption: 'Another photo' })
})
beforeEach(async () => {
  const { page } = visit
  await page.setViewportSize({ width: 1280, height: 900 })
  // Leaving the photo writes its conversation, so the storage is cleared afterwards.
  await visit.goHome()
  await page.evaluate(() => sessionStorage.clear())
  await open(photoId)
  await page.reload()
  await page.locator('.chip').first().waitFor()
})
afterAll(async () => {
  await visit?.close()
  await browser?.close()
})

async function open(hash: string): Promise<void> {
  await visit.page.evaluate((to) => {
    location.hash = to
  }, hash)
}
const screenshot = async (name: string) =>
  visit.page.screenshot({ path: join(ARTIFACTS, `layout-${name}.png`) })
const field = () => visit.page.getByRole('textbox', { name: 'Your question' })
const notice = () => visit.page.locator('.notice')
const bottomOf = async (element: Locator) => element.evaluate((shown) => shown.getBoundingClientRect().bottom)

describe('a notice', () => {
  it('leaves the question field in view at 1280 x 900, also while offline', async () => {
    const { page } = visit
    await visit.drop(...TEXT_FILE)
    await notice().waitFor()
    await expect.poll(async () => bottomOf(field())).toBeLessThan(900)
    await page.context().setOffline(true)
    await page.getByText('You are offline.').waitFor()
    await expect.poll(async () => bottomOf(field())).toBeLessThan(900)
    await screenshot('notice')
    await page.context().setOffline(false)
    visit.ignoreProblems(/ERR_INTERNET_DISCONNECTED|cleardot|www\.google\.com/)
  })

  it('disappears when another page is opened', async () => {
    const { page } = visit
    await visit.goHome()
    await visit.drop(...TEXT_FILE)
    await notice().waitFor()
    // Notices of the last second belong to the action that opens the page.
    await page.waitForTimeout(1100)
    await open(photoId)
    await field().waitFor()
    await waitForCount(notice(), 0)
  })
})

describe('the photo page', () => {
  it('shows a refused "Copy answer" below the last of three answers', async () => {
    const { page } = visit
    const answer = Array.from({ length: 8 }, (_, line) => `Line ${line + 1} of the answer.`).join('\n\n')
    await page.route(/answerQuestion/, async (route) => {
      if (route.request().method() === 'OPTIONS') return route.continue()
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/event-stream' }
      return route.fulfill({ headers, body: `data: ${JSON.stringify({ result: { answer } })}\n\n` })
    })
    const copy = page.getByRole('button', { name: 'Copy answer' })
    for (const count of [1, 2, 3]) {
      await field().fill(`Question ${count}`)
      await field().press('Enter')
      await waitForCount(copy, count)
    }
    await page.unroute(/answerQuestion/)
    await page.evaluate(() => {
      navigator.clipboard.writeText = async () => Promise.reject(new Error('refused'))
    })
    await copy.last().click()
    const message = page.getByText('Your browser did not allow copying to the clipboard.')
    await message.waitFor()
    await expect
      .poll(async () => (await bottomOf(message)) - (await bottomOf(page.getByRole('log'))))
      .toBeLessThan(1)
    await screenshot('copy-refused')
  })

  it('shows three objects, and the suggested questions in one row', async () => {
    const { page } = visit
    const inView = async () =>
      page.locator('.photo-words').evaluate((words) => {
        const { bottom } = words.getBoundingClientRect()
        const rows = [...words.querySelectorAll('.object')]
        return rows.filter((row) => row.getBoundingClientRect().bottom <= bottom).length
      })
    await expect.poll(inView).toBeGreaterThanOrEqual(3)
    const suggestions = page.locator('.suggestion')
    await waitForCount(suggestions, 3)
    const rows = async () =>
      suggestions.evaluateAll((all) => new Set(all.map((one) => one.getBoundingClientRect().top)).size)
    await expect.poll(rows).toBe(1)
  })

  it('has no switches for layers if the analysis failed without objects', async () => {
    const { page } = visit
    const failed = { status: 'failed', objects: undefined, overlay: undefined } as const
    await open(await writePhoto(photo, 'failed', failed))
    await page.locator('[data-status="failed"]').waitFor()
    expect(await page.getByRole('slider').count()).toBe(0)
    expect(await page.getByRole('checkbox', { name: 'Masks' }).count()).toBe(0)
  })

  it('names the small local model, except for a sample photo', async () => {
    const { page } = visit
    const note = page.getByText('By a small local model')
    expect(await note.count()).toBe(0)
    await page.route('**/emulators.json', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), geminiDetector: true } })
    })
    await page.reload()
    await note.waitFor()
    await screenshot('local-model')
    const image = { ...photo.image!, sha256: SAMPLE_HASH }
    await open(await writePhoto(photo, 'sample', { image, caption: 'A stored answer' }))
    await page.locator('.caption').getByText('A stored answer').waitFor()
    expect(await note.count()).toBe(0)
    await page.unroute('**/emulators.json')
  })
})

it('a long label ends within its chip, before the count', async () => {
  const { page } = visit
  await visit.goHome()
  const chip = page.getByRole('link', { name: LONG_LABEL, exact: false }).and(page.locator('.filter-chip'))
  const gaps = await chip.evaluate((link) => {
    const end = (element: Element) => element.getBoundingClientRect().right
    const [label, count] = link.children
    return [count!.getBoundingClientRect().left - end(label!), end(link) - end(count!)]
  })
  expect(gaps[0]).toBeGreaterThanOrEqual(0)
  expect(gaps[1]).toBeGreaterThan(0)
  await screenshot('long-label')
})

describe('a comparison on a phone', () => {
  it('covers a small part of each photo with the zoom buttons, and has a link to all photos', async () => {
    const { page } = visit
    await page.setViewportSize({ width: 390, height: 844 })
    await open(`${photoId}+${otherId}`)
    const zoom = page.locator('.zoom')
    await zoom.nth(1).waitFor()
    const width = async () => (await zoom.first().boundingBox())!.width
    await expect.poll(width).toBeLessThan(30)
    await zoom.first().getByRole('button', { name: 'Zoom in' }).click()
    // The button to zoom out appears.
    await expect.poll(width).toBeGreaterThan(50)
    await zoom.first().getByRole('button', { name: 'Zoom out' }).click()
    await screenshot('comparison-390')
    await page.getByRole('link', { name: 'All photos' }).click()
    await visit.thumbnails.first().waitFor()
  })
})

/** Of web/src/samples/photos/cat.jpg. */
const SAMPLE_HASH = '544eec34bafa85c0199b9519758c98aa03c130a4cf85ea531611054b00b6816c'
