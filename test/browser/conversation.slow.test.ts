import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { gemini } from '../support/gemini-control.ts'
import { waitForCount } from './firesight-page.ts'
import {
  answer,
  ask,
  button,
  LONG,
  MARKUP,
  openAnother,
  png,
  questions,
  SIZES,
  TO_STREAM,
  useQuestions,
  visit,
  written,
} from './questions.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

useQuestions()

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
    await expect.poll(() => page.locator('.question').textContent()).toContain('How many shapes are there?')
    await ask('Which is the largest?')
    await answer('done').nth(1).waitFor()
    expect(await questions()).toEqual(['How many shapes are there?', 'Which is the largest?'])

    await button('Clear').click()
    await waitForCount(answer('done'), 0)
    await page.reload()
    await page.getByRole('list', { name: 'Suggested questions' }).waitFor()
  })

  it('keeps the received part when the page is left during the answer', async () => {
    await gemini.script({ match: TO_STREAM, times: 1, reply: { text: LONG, chunkDelayMs: 20_000 } })
    await ask('Describe it at length')
    await written('Line 1 of')
    await visit.page.reload()
    await button('Ask again').waitFor()
    await expect.poll(() => answer('stopped').textContent()).toContain('Line 1 of')
  })

  it('is deleted with the photo; the values of another user of the tab are deleted too', async () => {
    const other = await openAnother()
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
    await expect.poll(keys).toContain(ownId)
    expect(await keys()).not.toContain('another')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    // The photo can be restored for some seconds before it is deleted.
    await expect.poll(keys).not.toContain(ownId)
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
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(size.width)
  })
})
