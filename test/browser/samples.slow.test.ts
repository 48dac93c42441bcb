import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SAMPLES } from '../../gemini-emulator/src/samples/sample.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { FiresightPage, waitForCount } from './firesight-page.ts'

const dogs = SAMPLES.find(({ id }) => id === 'dogs')!

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
  await gemini.reset()
})
afterAll(() => browser?.close())

it.each([
  ['desktop', { width: 1280, height: 900 }],
  ['tablet', { width: 768, height: 1024 }],
  ['phone', { width: 390, height: 844 }],
])('one click on a sample shows its caption, boxes and masks: %s', async (_, viewport) => {
  const visit = await FiresightPage.open(browser)
  const { page } = visit
  await page.setViewportSize(viewport)
  const samples = page.getByRole('region', { name: 'Try a sample photo' })
  await waitForCount(samples.getByRole('button'), SAMPLES.length)
  expect(await axeViolations(page)).toEqual([])
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width)

  await samples.getByRole('button', { name: /^Dogs/ }).click()
  await visit.waitForStatus('succeeded')
  await expect.poll(() => page.locator('.caption').textContent()).toBe(dogs.caption)
  await expect.poll(() => visit.photo.getAttribute('alt')).toBe(dogs.altText)
  await waitForCount(page.locator('.box[data-label="brown dog"]'), 2)
  const covered = async () => {
    const { width, height, alpha } = await visit.overlayAlpha(1)
    expect([width, height]).toEqual([dogs.width, dogs.height])
    const covers = (x: number, y: number) => alpha[y * width + x]! > 0
    // Both heads, the wall beside them, and the gap between the lower dog's ear and its paw.
    return [covers(270, 300), covers(370, 510), covers(600, 300), covers(372, 594)]
  }
  await expect.poll(covered).toEqual([true, true, false, false])

  // With a photo, the samples are one line.
  await page.goto(new URL('#', page.url()).href)
  const line = page.locator('summary', { hasText: 'Try a sample photo' })
  await line.waitFor()
  expect(await page.getByRole('button', { name: /^Dogs/ }).isVisible()).toBe(false)
  await line.press('Enter')
  await page.getByRole('button', { name: /^Dogs/ }).waitFor()
  expect(await axeViolations(page)).toEqual([])
  await visit.close()
})
