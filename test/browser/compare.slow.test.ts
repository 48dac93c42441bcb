import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { gemini } from '../support/gemini-control.ts'
import {
  chooseOther,
  comparisons,
  deviation,
  difference,
  firstId,
  highlighted,
  openTwoPhotos,
  panel,
  photo,
  regions,
  SQUARE,
  secondId,
  showFirst,
  shown,
  useTwoPhotos,
  visit,
} from './comparison-page.ts'
import { waitForCount } from './firesight-page.ts'

/** Only prompts of comparisons include this text. */
const COMPARISON = { textIncludes: 'Compare these 2 pictures' }

useTwoPhotos()
beforeAll(openTwoPhotos)
beforeEach(showFirst)

describe('the comparison of two photos', () => {
  it('starts by itself, shows each difference on both photos, and highlights it from list and photo', async () => {
    const { page } = visit
    await chooseOther()
    await expect.poll(() => new URL(page.url()).hash).toBe(`#${firstId}+${secondId}`)
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Compare 2 photos')
    await shown('One difference found.')

    for (const number of [1, 2]) {
      await waitForCount(regions(number), 1)
      await expect.poll(async () => deviation(regions(number), number, SQUARE)).toBeLessThan(0.01)
      await expect.poll(() => photo(number).locator('.chip').allTextContents()).toEqual(['A'])
    }
    const places = async () => {
      const [left, right] = await Promise.all([photo(1).boundingBox(), photo(2).boundingBox()])
      return {
        areSideBySide: left!.x + left!.width < right!.x,
        heightBetweenEnds: left!.y + left!.height - right!.y - right!.height,
      }
    }
    await expect.poll(places).toEqual({ areSideBySide: true, heightBetweenEnds: 0 })

    await difference(/square.*orange in photo 1 and purple in photo 2/).focus()
    await waitForCount(highlighted(1), 1)
    await waitForCount(highlighted(2), 1)
    await difference(/square/).blur()
    await waitForCount(highlighted(1), 0)
    await regions(2).hover()
    await waitForCount(highlighted(1), 1)
    await expect.poll(() => page.locator('.object-pointed').textContent()).toContain('purple')

    const headings = page.locator('main :is(h1, h2, h3):visible')
    const levels = await headings.evaluateAll((found) => found.map(({ tagName }) => tagName))
    expect(levels.slice(0, 2)).toEqual(['H1', 'H2'])
    expect(levels.filter((level) => level === 'H1')).toHaveLength(1)
  })

  it('is kept after a reload and after Back, without another request', async () => {
    const { page } = visit
    await chooseOther()
    await shown('One difference found.')
    expect(await comparisons()).toBe(1)
    await page.reload()
    await shown('One difference found.')
    await page.goBack()
    await visit.waitForStatus('succeeded')
    await page.goForward()
    await shown('One difference found.')
    await waitForCount(regions(1), 1)
    expect(await comparisons()).toBe(1)
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
    await shown('One difference found.')
    await gemini.script({ match: COMPARISON, reply: { text: JSON.stringify(answer) } })
    const words = 'What about the light?'
    await panel().getByRole('textbox').fill(words)
    await panel().getByRole('textbox').press('Enter')
    await shown('3 differences found.')
    expect((await gemini.requests()).at(-1)!.texts?.join()).toContain(words)

    const { page } = visit
    const shownMarkup = markup.replace('<', '‹')
    await expect.poll(() => page.locator('.caption').textContent()).toBe(shownMarkup)
    expect(await page.locator('.comparison-words img').count()).toBe(0)
    const labels = async (number: number) =>
      regions(number).evaluateAll((found) => found.map((one) => one.getAttribute('data-label')))
    await expect.poll(async () => labels(1)).toEqual(['C', 'C'])
    await expect.poll(async () => labels(2)).toEqual(['B'])
    const cup = { x: 240, y: 80, width: 240, height: 320 }
    await expect.poll(async () => deviation(regions(2), 2, cup)).toBeLessThan(0.01)
    await difference(/chairs/).hover()
    await waitForCount(highlighted(1), 2)
    await page.reload()
    await shown('3 differences found.')
    await expect.poll(() => panel().getByRole('textbox').inputValue()).toBe(words)
  })

  it('shows "No differences found."', async () => {
    const answer = { summary: 'The images show the same.', similarities: [], differences: [] }
    await gemini.script({ match: COMPARISON, reply: { text: JSON.stringify(answer) } })
    await chooseOther()
    await shown('No differences found.')
    await waitForCount(visit.page.locator('.box'), 0)
  })

  it('shows the time while it runs, and stops on "Cancel"', async () => {
    await gemini.script({ match: COMPARISON, reply: { delayMs: 60_000 } })
    await chooseOther()
    await shown('Comparing 2 photos…')
    await panel()
      .getByText(/^\d+(\.\d)? s$/)
      .waitFor()
    await panel().getByRole('button', { name: 'Cancel' }).click()
    await panel().getByRole('button', { name: 'Compare', exact: true }).waitFor()
    await expect.poll(() => panel().getByRole('alert').textContent()).toBe('')
    expect(await axeViolations(visit.page)).toEqual([])
  })

  it('offers "Try again" after a retryable error', async () => {
    // One call makes three attempts.
    await gemini.script({ match: COMPARISON, times: 3, reply: { status: 503 } })
    await chooseOther()
    await shown('The model is temporarily unavailable.')
    expect(await axeViolations(visit.page)).toEqual([])
    await panel().getByRole('button', { name: 'Try again' }).click()
    await shown('One difference found.')
    await waitForCount(regions(1), 1)
  })
})
