import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage } from './firesight-page.ts'

let browser: Browser
let png: Buffer
let visit: FiresightPage
let imageId: string

beforeAll(async () => {
  ;({ png } = await drawScene(OWN_SHAPES))
  browser = await launchBrowser()
  visit = await FiresightPage.open(browser)
  await visit.annotate(png)
  imageId = visit.imageId
})
afterAll(async () => {
  await gemini.reset()
  await visit?.close()
  await browser?.close()
})
beforeEach(async () => {
  await gemini.reset()
  await visit.show(imageId)
})

describe('a question about the photo', () => {
  const ask = async (question: string) => {
    await visit.page.getByRole('textbox', { name: 'Your question' }).fill(question)
    await visit.page.getByRole('button', { name: 'Ask', exact: true }).click()
  }
  const answer = (state: string) => visit.page.locator(`.answer-${state}`)
  /** Runs in the page: records the texts of the answer while it is written. */
  const recordAnswer = () => {
    const texts: string[] = []
    Object.assign(globalThis, { writtenTexts: texts })
    new MutationObserver(() => {
      const text = document.querySelector('.answer-writing')?.textContent
      if (text && text !== texts.at(-1)) texts.push(text)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  }
  const toStream = { method: 'streamGenerateContent' } as const
  const shapes = 'There are four shapes, and the largest of them is the blue rectangle at the top.'

  it('shows the answer while it streams; the next question includes the conversation', async () => {
    await gemini.script({ match: toStream, times: 1, reply: { text: shapes, chunkDelayMs: 600 } })
    await visit.page.evaluate(recordAnswer)
    await ask('What is the largest shape?')
    await expect.poll(() => answer('done').textContent()).toBe(shapes)
    const texts = await visit.page.evaluate(
      () => (globalThis as unknown as { writtenTexts: string[] }).writtenTexts,
    )
    expect(shapes).toContain(texts[0])
    expect(texts[0]).not.toBe(shapes)
    await gemini.script({ match: toStream, reply: { text: '<b>Blue</b>, as the sky.' } })
    await ask('And which colour is it?')
    await expect.poll(() => answer('done').last().textContent()).toBe('‹b>Blue‹/b>, as the sky.')
    // The journal holds the user's text only.
    expect((await gemini.requests()).at(-1)!.texts).toEqual([
      'What is the largest shape?',
      'And which colour is it?',
    ])
  })

  it('stops on "Stop"', async () => {
    await gemini.script({ match: toStream, reply: { text: shapes, chunkDelayMs: 20_000 } })
    await ask('What is the largest shape?')
    await answer('writing').filter({ hasText: /\w/ }).waitFor()
    await visit.page.getByRole('button', { name: 'Stop' }).click()
    await visit.page.getByText('Stopped.').waitFor()
    expect(await answer('failed').count()).toBe(0)
  })

  it('shows why the model blocked the answer', async () => {
    await gemini.script({ match: toStream, reply: { finishReason: 'SAFETY' } })
    await ask('What is the largest shape?')
    await expect
      .poll(() => answer('failed').textContent())
      .toBe('The photo was blocked by the safety filters.')
  })
})
