import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PATIENCE_MS } from '../support/app.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
const SIZES = [
  { width: 1280, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
]
const TO_STREAM = { method: 'streamGenerateContent' } as const
const LONG = Array.from({ length: 60 }, (_, line) => `Line ${line + 1} of the answer.`).join('\n\n')
const MARKUP = [
  '**On the table** there is:',
  '* a cup\n  * with *tea*\n* a `plate`',
  '1. One\n2. Two',
  'See [this](https://example.com/) and <b>not bold</b>.',
].join('\n\n')

let browser: Browser
let png: Buffer
let visit: FiresightPage
let imageId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  ;({ png } = await drawScene(OWN_SHAPES))
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser)
  visit.page.setDefaultTimeout(PATIENCE_MS)
  await visit.annotate(png)
  imageId = visit.imageId
}, 2 * PATIENCE_MS)
afterAll(async () => {
  await gemini.reset()
  await visit?.close()
  await browser?.close()
})
beforeEach(async () => {
  await gemini.reset()
  // Leaving the photo writes its conversation, so the storage is cleared afterwards.
  await visit.goHome()
  await visit.page.evaluate(() => sessionStorage.clear())
  await visit.show(imageId)
})

const field = () => visit.page.getByRole('textbox', { name: 'Your question' })
const button = (name: string) => visit.page.getByRole('button', { name, exact: true })
const answer = (state: string) => visit.page.locator(`.answer-${state}`)
const log = () => visit.page.getByRole('log')
const ask = async (question: string) => {
  await field().fill(question)
  await field().press('Enter')
}
const written = async (words: string) => answer('writing').getByText(words).waitFor()
const questions = async () => (await gemini.requests()).at(-1)?.texts

/** Whether the last words of the conversation are in view, in the list and in the page. */
const showsEnd = async () =>
  log().evaluate((element) => {
    const end = element.querySelector('.exchanges')!.getBoundingClientRect().bottom
    return end <= Math.min(element.getBoundingClientRect().bottom, innerHeight) + 4
  })

describe.each([SIZES[0]!, SIZES[2]!])('a streamed answer at $width pixels', (size) => {
  const scrollUp = async () => {
    const place = (await log().boundingBox())!
    await visit.page.mouse.move(place.x + place.width / 2, Math.max(place.y, 0) + 40)
    await visit.page.mouse.wheel(0, -400)
  }

  it('stays in view while it grows, until the user scrolls up; "Jump to the latest" follows again', async () => {
    const { page } = visit
    await page.setViewportSize(size)
    // The local Gemini API sends eight pieces.
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: LONG, chunkDelayMs: 2000 } })
    await ask('Describe it at length')
    await written('Line 15 of')
    expect(await showsEnd()).toBe(true)
    expect(await button('Jump to the latest').count()).toBe(0)

    await scrollUp()
    await expect.poll(showsEnd).toBe(false)
    await button('Jump to the latest').waitFor()
    const place = async () => answer('writing').evaluate((element) => element.getBoundingClientRect().top)
    const top = await place()
    await written('Line 30 of')
    expect(await place()).toBe(top)
    await page.screenshot({ path: join(ARTIFACTS, `question-jump-${size.width}.png`) })

    await button('Jump to the latest').click()
    await answer('done').getByText('Line 60 of').waitFor()
    expect(await showsEnd()).toBe(true)
    expect(await button('Jump to the latest').count()).toBe(0)
  })
})

describe('an answer with markup', () => {
  it('is shown with lists and emphasis; HTML and links stay text, and "Copy answer" copies it', async () => {
    const { page } = visit
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await gemini.script({ match: TO_STREAM, reply: { text: MARKUP } })
    await ask('What is on the table?')
    const shown = answer('done')
    await shown.waitFor()
    expect(await shown.locator('strong').allTextContents()).toEqual(['On the table'])
    expect(await shown.locator('ul > li > ul > li').allTextContents()).toEqual(['with tea'])
    expect(await shown.locator('em, code').allTextContents()).toEqual(['tea', 'plate'])
    expect(await shown.locator('ol > li').allTextContents()).toEqual(['One', 'Two'])
    expect(await shown.locator('a, b, img').count()).toBe(0)
    expect(await shown.textContent()).toContain('[this] (https://example.com/) and ‹b>not bold‹/b>.')

    await button('Copy answer').click()
    await button('Copied').waitFor()
    expect(await page.evaluate(async () => navigator.clipboard.readText())).toContain('**On the table**')
  })
})

describe('suggested questions', () => {
  it('come from the photo; a click asks, and the focus moves to the conversation', async () => {
    const { page } = visit
    const list = page.getByRole('list', { name: 'Suggested questions' })
    expect(await list.getByRole('button').allTextContents()).toEqual([
      'Where is the blue rectangle?',
      'What is in the background?',
      'What stands out in this photo?',
    ])
    await list.getByRole('button').first().press('Enter')
    await answer('done').waitFor()
    expect(await questions()).toEqual(['Where is the blue rectangle?'])
    expect(await list.count()).toBe(0)
    expect(await log().evaluate((element) => element === document.activeElement)).toBe(true)
  })
})

describe('a failed question', () => {
  it('is asked again with the same history', async () => {
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: 'There are four.' } })
    await ask('How many shapes are there?')
    await answer('done').waitFor()
    // One call makes three attempts.
    await gemini.script({ match: TO_STREAM, times: 3, reply: { status: 503 } })
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: 'One is blue.' } })
    await ask('Which one is blue?')
    await answer('failed').getByText('The model is temporarily unavailable.').waitFor()
    expect(await axeViolations(visit.page)).toEqual([])
    await button('Try again').click()
    await answer('done').getByText('One is blue.').waitFor()
    expect(await questions()).toEqual(['How many shapes are there?', 'Which one is blue?'])
    expect(await answer('failed').count()).toBe(0)
    expect(await visit.page.locator('.question').count()).toBe(2)
  })

  it('counts down to the time when the service accepts it again, also after a reload', async () => {
    const { page } = visit
    const details = { reason: 'rate-limited', retryable: true, retryAfterMs: 15_000, requestId: 'r' }
    const error = { status: 'RESOURCE_EXHAUSTED', message: 'Too many requests.', details }
    // Streamed calls report errors in the stream.
    await page.route(/answerQuestion/, async (route) => {
      if (route.request().method() === 'OPTIONS') return route.continue()
      const headers = { 'access-control-allow-origin': '*', 'content-type': 'text/event-stream' }
      return route.fulfill({ headers, body: `data: ${JSON.stringify({ error })}\n\n` })
    })
    await ask('How many shapes are there?')
    await answer('failed').getByText('Too many requests.').waitFor()
    await page.unroute(/answerQuestion/)
    const wait = page.getByRole('button', { name: /^Try again in \d+ s$/ })
    expect(await wait.getAttribute('aria-disabled')).toBe('true')
    await page.reload()
    await wait.waitFor()
    await button('Try again').click()
    await answer('done').waitFor()
  })

  it('a stopped answer can be asked again', async () => {
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: LONG, chunkDelayMs: 1000 } })
    await ask('Describe it at length')
    await written('Line 1 of')
    await button('Stop').press('Enter')
    await visit.page.getByText('Stopped.').waitFor()
    // The button keeps the focus.
    expect(await button('Ask').evaluate((element) => element === document.activeElement)).toBe(true)
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: 'It is short.' } })
    await button('Ask again').click()
    await answer('done').getByText('It is short.').waitFor()
    expect(await visit.page.getByText('Stopped.').count()).toBe(0)
  })
})

describe('a conversation', () => {
  it('is kept after a reload and after Back, and is continued; "Clear" deletes it', async () => {
    const { page } = visit
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: '**Four** shapes.' } })
    await ask('How many shapes are there?')
    await answer('done').waitFor()
    await page.reload()
    await answer('done').locator('strong').waitFor()
    await visit.goHome()
    await page.goBack()
    await answer('done').waitFor()
    expect(await page.locator('.question').textContent()).toContain('How many shapes are there?')
    await ask('Which is the largest?')
    await answer('done').nth(1).waitFor()
    expect(await questions()).toEqual(['How many shapes are there?', 'Which is the largest?'])

    await button('Clear').click()
    expect(await answer('done').count()).toBe(0)
    await page.reload()
    await page.getByRole('list', { name: 'Suggested questions' }).waitFor()
  })

  it('keeps the received part when the page is left during the answer', async () => {
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: LONG, chunkDelayMs: 1000 } })
    await ask('Describe it at length')
    await written('Line 1 of')
    await visit.page.reload()
    await button('Ask again').waitFor()
    expect(await answer('stopped').textContent()).toContain('Line 1 of')
  })

  it('is deleted with the photo; the values of another user of the tab are deleted too', async () => {
    const other = await FiresightPage.open(browser)
    const { page } = other
    const keys = async () => page.evaluate(() => Object.keys(sessionStorage).join())
    await page.evaluate(() => sessionStorage.setItem('firesight:1:another:find:x', '1\n1\n{}'))
    await page.reload()
    await page.getByRole('heading', { name: 'See what is in your photos' }).waitFor()
    await other.annotate(png)
    const { imageId: ownId } = other
    await page.getByRole('textbox', { name: 'Your question' }).fill('How many shapes are there?')
    await page.keyboard.press('Enter')
    await page.locator('.answer-done').waitFor()
    expect(await keys()).toContain(ownId)
    expect(await keys()).not.toContain('another')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    // The photo can be restored for some seconds before it is deleted.
    await expect.poll(keys, { timeout: PATIENCE_MS }).not.toContain(ownId)
    await other.close()
  })
})

describe.each(SIZES)('the conversation at $width pixels', (size) => {
  it('has no axe violations and no overflow, before and after an answer, light and dark', async () => {
    const { page } = visit
    await page.setViewportSize(size)
    expect(await axeViolations(page)).toEqual([])
    await gemini.script({ match: TO_STREAM, reply: { text: `${MARKUP}\n\n${LONG}` } })
    await ask('What is on the table?')
    await answer('done').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeViolations(page)).toEqual([])
      await page.screenshot({ path: join(ARTIFACTS, `question-${size.width}-${colorScheme}.png`) })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width)
  })
})
