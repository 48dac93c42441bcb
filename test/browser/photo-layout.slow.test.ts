import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument, writeAnnotations } from '../support/admin.ts'
import { axeViolations } from '../support/axe.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { waitForCount } from './firesight-page.ts'
import { row, usePhotoOfObjects, visit } from './photo-of-objects.ts'

/* The layout of the page of a photo, in several sizes and with many objects. */

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

usePhotoOfObjects()

describe('the photo page', () => {
  /** The elements that reach beyond the right edge of the screen. */
  const tooWide = async () =>
    visit.page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((element) => !element.closest('.viewer, .hidden, .json, .suggestions'))
        .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((element) => element.outerHTML.slice(0, 80)),
    )

  it('shows the question field at 1280 x 900, and the start of the caption at 390 x 844', async () => {
    const { page } = visit
    const field = page.getByRole('textbox', { name: 'Your question' })
    const end = async () => field.boundingBox().then((place) => place!.y + place!.height)
    await expect.poll(end).toBeLessThan(900)
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
    const top = async () =>
      page
        .locator('.caption')
        .boundingBox()
        .then((place) => place!.y)
    await expect.poll(top).toBeLessThan(844 - 28)
  })

  it.each([
    [320, 640, 100],
    [844, 390, 100],
    [390, 844, 200],
    [768, 1024, 200],
    [1280, 900, 200],
  ])('is not wider than the screen at %i x %i with %i percent text', async (width, height, percent) => {
    const { page } = visit
    await page.setViewportSize({ width, height })
    await page.evaluate((size) => (document.documentElement.style.fontSize = `${size}%`), percent)
    await page.screenshot({ path: join(ARTIFACTS, `photo-${width}-${percent}.png`), fullPage: true })
    await expect.poll(tooWide).toEqual([])
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    expect(await axeViolations(page)).toEqual([])
  })

  it.each([
    [1280, 900, 'light'],
    [768, 1024, 'dark'],
    [390, 844, 'light'],
  ] as const)('has no axe violations at %i x %i', async (width, height, colorScheme) => {
    const { page } = visit
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await row('table').click()
    await page.getByRole('button', { name: /^Hide room/ }).click()
    expect(await axeViolations(page)).toEqual([])
    await page.screenshot({ path: join(ARTIFACTS, `selected-${width}.png`), fullPage: true })
    await page.keyboard.press('Escape')
  })
})

describe('a photo with 60 objects', () => {
  it('is not hidden by labels: they become numbers and dots', async () => {
    // The functions keep fewer objects by default, and an operator can raise the limit.
    const { page, imageId } = visit
    const annotation = (await readDocument(imageId)) as { objects: object[] }
    const objects = Array.from({ length: 60 }, (_, index) => {
      const [column, line] = [index % 10, Math.floor(index / 10)]
      const [width, height] = [OWN_SHAPES.width / 10, OWN_SHAPES.height / 6].map(Math.floor) as [
        number,
        number,
      ]
      const box = { x: column * width + 5, y: line * height + 5, width: width - 15, height: height - 15 }
      return { label: `thing number ${index + 1}`, box, box2d: [0, 0, 1, 1], mask: null }
    })
    await writeAnnotations([{ imageId, annotation: { ...annotation, objects } }])
    await waitForCount(page.locator('.box'), 60)
    const chips = page.locator('.chips')
    await expect.poll(() => chips.getAttribute('data-level')).toBe('numbers')
    await expect.poll(() => page.locator('.chip').first().textContent()).toMatch(/^\d+$/)
    await expect.poll(hiddenShare).toBeLessThan(0.15)
    await page.screenshot({ path: join(ARTIFACTS, 'sixty.png') })
    await row('thing number 37').focus()
    await expect
      .poll(() => page.locator('.chip:not(.chip-number)').allTextContents())
      .toEqual(['thing number 37'])
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => chips.getAttribute('data-level')).toBe('dots')
    await expect.poll(hiddenShare).toBeLessThan(0.15)
    await page.screenshot({ path: join(ARTIFACTS, 'sixty-390.png') })
    await writeAnnotations([{ imageId, annotation }])
  })

  /** The part of the photo under labels. */
  const hiddenShare = async () =>
    visit.page.evaluate(() => {
      const area = (element: Element) => {
        const { width, height } = element.getBoundingClientRect()
        return width * height
      }
      const chips = [...document.querySelectorAll('.chip')].reduce((sum, chip) => sum + area(chip), 0)
      return chips / area(document.querySelector('.viewer')!)
    })
})
