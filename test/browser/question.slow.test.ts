import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { gemini } from '../support/gemini-control.ts'
import { rendered } from '../support/rendering.ts'
import { waitForCount } from './firesight-page.ts'
import {
  answer,
  ask,
  button,
  LONG,
  lines,
  log,
  MARKUP,
  questions,
  SIZES,
  TO_STREAM,
  useQuestions,
  visit,
  written,
} from './questions.ts'
import { streamByHand } from './stream-by-hand.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

useQuestions()

/** Whether the last words of the conversation are in view, in the list and in the page. */
const showsEnd = async () =>
  log().evaluate((element) => {
    const end = element.querySelector('.exchanges')!.getBoundingClientRect().bottom
    return end <= Math.min(element.getBoundingClientRect().bottom, innerHeight) + 4
  })

/** Runs in the page, when it is loaded: failed questions can be asked again at once. */
function endWaits(): void {
  if (!sessionStorage.getItem('waits-are-over')) return
  for (const [key, value] of Object.entries(sessionStorage))
    sessionStorage.setItem(key, (value as string).replace(/"retryAt":\d+/, '"retryAt":0'))
}

describe.each([SIZES[0]!, SIZES[2]!])('a streamed answer at $width pixels', (size) => {
  const scrollUp = async () => {
    const place = (await log().boundingBox())!
    await visit.page.mouse.move(place.x + place.width / 2, Math.max(place.y, 0) + 40)
    await visit.page.mouse.wheel(0, -400)
  }

  it('stays in view while it grows, until the user scrolls up; "Jump to the latest" follows again', async () => {
    const { page } = visit
    await page.setViewportSize(size)
    const stream = await streamByHand(page)
    await ask('Describe it at length')
    await stream.send(lines(1, 15))
    await written('Line 15 of')
    await expect.poll(showsEnd).toBe(true)
    expect(await button('Jump to the latest').count()).toBe(0)

    await scrollUp()
    await expect.poll(showsEnd).toBe(false)
    const place = async () => answer('writing').evaluate((element) => element.getBoundingClientRect().top)
    let top = await place()
    const movement = async () => {
      const before = top
      await rendered(page)
      top = await place()
      return top - before
    }
    await expect.poll(movement).toBe(0) // The end of the scrolling.
    await stream.send(lines(16, 30))
    await written('Line 30 of')
    await button('Jump to the latest').waitFor()
    expect(await movement()).toBe(0)
    await page.screenshot({ path: join(ARTIFACTS, `question-jump-${size.width}.png`) })

    await button('Jump to the latest').click()
    await stream.send(lines(31, 60))
    await stream.finish()
    await answer('done').getByText('Line 60 of').waitFor()
    await expect.poll(showsEnd).toBe(true)
    await waitForCount(button('Jump to the latest'), 0)
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
    await expect.poll(() => shown.locator('strong').allTextContents()).toEqual(['On the table'])
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
    await expect
      .poll(() => list.getByRole('button').allTextContents())
      .toEqual([
        'Where is the blue rectangle?',
        'What is in the background?',
        'What stands out in this photo?',
      ])
    await list.getByRole('button').first().press('Enter')
    await answer('done').waitFor()
    expect(await questions()).toEqual(['Where is the blue rectangle?'])
    await waitForCount(list, 0)
    await expect.poll(() => log().evaluate((element) => element === document.activeElement)).toBe(true)
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
    await waitForCount(answer('failed'), 0)
    await waitForCount(visit.page.locator('.question'), 2)
  })

  it('counts down to the time when the service accepts it again, also after a reload', async () => {
    const { page } = visit
    const details = { reason: 'rate-limited', retryable: true, retryAfterMs: 600_000, requestId: 'r' }
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
    const wait = page.getByRole('button', { name: /^Try again in \d+:\d\d min$/ })
    await expect.poll(() => wait.getAttribute('aria-disabled')).toBe('true')
    const first = await wait.textContent()
    await expect.poll(() => wait.textContent()).not.toBe(first)
    await page.reload()
    await wait.waitFor()
    await page.addInitScript(endWaits)
    await page.evaluate(() => sessionStorage.setItem('waits-are-over', 'yes'))
    await page.reload()
    await button('Try again').click()
    await answer('done').waitFor()
  })

  it('a stopped answer can be asked again', async () => {
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: LONG, chunkDelayMs: 20_000 } })
    await ask('Describe it at length')
    await written('Line 1 of')
    await button('Stop').press('Enter')
    await visit.page.getByText('Stopped.').waitFor()
    // The button keeps the focus.
    await expect
      .poll(() => button('Ask').evaluate((element) => element === document.activeElement))
      .toBe(true)
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: 'It is short.' } })
    await button('Ask again').click()
    await answer('done').getByText('It is short.').waitFor()
    await waitForCount(visit.page.getByText('Stopped.'), 0)
  })
})
