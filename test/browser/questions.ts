import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage } from './firesight-page.ts'

export const SIZES = [
  { width: 1280, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
]
export const TO_STREAM = { method: 'streamGenerateContent' } as const
export const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `Line ${first + index} of the answer.\n\n`).join('')
export const LONG = lines(1, 60)
export const MARKUP = [
  '**On the table** there is:',
  '* a cup\n  * with *tea*\n* a `plate`',
  '1. One\n2. Two',
  'See [this](https://example.com/) and <b>not bold</b>.',
].join('\n\n')

let browser: Browser
let imageId: string
/* The photo and the page that shows it, for `useQuestions`. */
export let png: Buffer
export let visit: FiresightPage

/** The tests of a file share an annotated photo. Each test starts without a conversation. */
export function useQuestions(): void {
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
    // Leaving the photo writes its conversation, so the storage is cleared afterwards.
    await visit.goHome()
    await visit.page.evaluate(() => sessionStorage.clear())
    await visit.show(imageId)
  })
}

/** The page of another user. */
export const openAnother = async () => FiresightPage.open(browser)
export const field = () => visit.page.getByRole('textbox', { name: 'Your question' })
export const button = (name: string) => visit.page.getByRole('button', { name, exact: true })
export const answer = (state: string) => visit.page.locator(`.answer-${state}`)
export const log = () => visit.page.getByRole('log')
export const ask = async (question: string) => {
  await field().fill(question)
  await field().press('Enter')
}
export const written = async (words: string) => answer('writing').getByText(words).waitFor()
export const questions = async () => (await gemini.requests()).at(-1)?.texts
