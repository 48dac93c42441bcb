import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SAMPLES } from '../../gemini-emulator/src/samples/sample.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { FiresightPage } from './firesight-page.ts'

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
  expect(await samples.getByRole('button').count()).toBe(SAMPLES.length)
  expect(await axeViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width)

  await samples.getByRole('button', { name: /^Dogs/ }).click()
  await visit.waitForStatus('succeeded')
  expect(await page.locator('.caption').textContent()).toBe(dogs.caption)
  expect(await visit.photo.getAttribute('alt')).toBe(dogs.altText)
  expect(await page.locator('.box[data-label="brown dog"]').count()).toBe(2)
  const { width, height, alpha } = await visit.overlayAlpha(1)
  const covers = (x: number, y: number) => alpha[y * width + x]! > 0
  expect([width, height]).toEqual([dogs.width, dogs.height])
  // Both heads, the wall beside them, and the gap between the lower dog's ear and its paw.
  expect([covers(270, 300), covers(370, 510), covers(600, 300), covers(372, 594)]).toEqual([
    true,
    true,
    false,
    false,
  ])

  // With a photo, the samples are one line.
  await page.goto(new URL('#', page.url()).href)
  const line = page.locator('summary', { hasText: 'Try a sample photo' })
  await line.waitFor()
  expect(await page.getByRole('button', { name: /^Dogs/ }).isVisible()).toBe(false)
  await line.press('Enter')
  expect(await page.getByRole('button', { name: /^Dogs/ }).isVisible()).toBe(true)
  expect(await axeViolations(page)).toEqual([])
  await visit.close()
})
