import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { waitForCount } from './firesight-page.ts'
import {
  alphaAt,
  CLEAR,
  CUP,
  DIMMED,
  LOWER,
  MASK,
  OBJECTS,
  type Place,
  pointOf,
  ROOM,
  row,
  TABLE,
  UPPER,
  usePhotoOfObjects,
  visit,
} from './photo-of-objects.ts'

/* Masks, and highlighted, selected and hidden objects. */

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

usePhotoOfObjects()

const alphas = async (...places: Place[]) => Promise.all(places.map(async (place) => alphaAt(place)))
const pointedRow = async () => visit.page.locator('.object-pointed .object-label').allTextContents()

describe('the masks', () => {
  it('are 35 % opaque; a slider changes this, and the page remembers it', async () => {
    const slider = visit.page.getByRole('slider', { name: 'Opacity of the masks' })
    await expect.poll(async () => alphas(UPPER, LOWER, TABLE, CUP)).toEqual([MASK, MASK, MASK, MASK])
    await slider.fill('0')
    await expect.poll(async () => alphaAt(TABLE)).toBe(0)
    await slider.fill('100')
    await expect.poll(async () => alphaAt(TABLE)).toBe(255)
    await visit.show(visit.imageId)
    await expect.poll(async () => alphaAt(TABLE)).toBe(255)
    await slider.fill('35')
    await expect.poll(async () => alphaAt(TABLE)).toBe(MASK)
  })

  it('of an object that covers most of the photo is an outline only', async () => {
    // Just outside the table.
    await expect.poll(async () => alphaAt([0.5, 0.548])).toBeGreaterThan(MASK)
    expect(await alphaAt(ROOM)).toBe(0)
  })

  it('are shown as a picture if the bucket does not allow to read them', async () => {
    const { page } = visit
    await page.route(/overlay\.png/, async (route) =>
      route.request().resourceType() === 'fetch' ? route.abort() : route.continue(),
    )
    await page.reload()
    const picture = page.locator('img.overlay-picture')
    await picture.waitFor()
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode())).toBeUndefined()
    await row('table').focus()
    await expect.poll(async () => alphas(TABLE, UPPER)).toEqual([CLEAR, DIMMED])
    await page.unroute(/overlay\.png/)
    await visit.expectProblem(/ERR_FAILED/)
  })
})

describe('a highlighted object', () => {
  it.each<[string, Place[], Place[]]>([
    ['upper wedge', [UPPER], [LOWER, TABLE, CUP, ROOM]],
    ['lower wedge', [LOWER], [UPPER, TABLE, CUP, ROOM]],
    ['cup', [CUP], [UPPER, LOWER, TABLE, ROOM]],
    // Its mask includes the place of the cup, which covers it in the overlay.
    ['table', [TABLE, CUP], [UPPER, LOWER, ROOM]],
  ])('dims everything but its mask: %s', async (label, clear, dimmed) => {
    await row(label).focus()
    const wanted = [...clear.map(() => CLEAR), ...dimmed.map(() => DIMMED)]
    await expect.poll(async () => alphas(...clear, ...dimmed)).toEqual(wanted)
    await visit.page.screenshot({ path: join(ARTIFACTS, `highlight-${label.replace(' ', '-')}.png`) })
  })

  it.each<[string, Place]>([
    ['upper wedge', UPPER],
    ['lower wedge', LOWER],
    ['table', TABLE],
    ['cup', CUP],
    ['room', ROOM],
  ])('is the one whose pixel is under the pointer: %s', async (label, place) => {
    await visit.page.mouse.move(...(await pointOf(place)))
    await expect.poll(pointedRow).toEqual([label])
    await visit.page.mouse.move(2, 2)
    await expect.poll(pointedRow).toEqual([])
  })

  it('stays selected after a click, until Escape', async () => {
    const { page } = visit
    await page.mouse.click(...(await pointOf(CUP)))
    await page.mouse.move(2, 2)
    await expect.poll(pointedRow).toEqual(['cup'])
    await expect.poll(() => row('cup').getAttribute('aria-pressed')).toBe('true')
    await expect.poll(async () => alphas(CUP, TABLE)).toEqual([CLEAR, DIMMED])
    await page.keyboard.press('Escape')
    await expect.poll(pointedRow).toEqual([])
    await expect.poll(async () => alphas(CUP, TABLE)).toEqual([MASK, MASK])
    await row('table').press('Enter')
    await expect.poll(() => row('table').getAttribute('aria-pressed')).toBe('true')
    await page.keyboard.press('Tab')
    await expect.poll(pointedRow).toEqual(['table'])
    await page.keyboard.press('Escape')
  })
})

describe('a hidden object', () => {
  it('has neither mask, box nor label', async () => {
    const { page } = visit
    await page.getByRole('button', { name: /^Hide table/ }).click()
    await page.mouse.move(2, 2)
    await expect.poll(async () => alphas(TABLE, CUP)).toEqual([0, MASK])
    await waitForCount(visit.box('table'), 0)
    await expect.poll(() => page.locator('.chip').allTextContents()).not.toContain('table')
    await page.getByRole('button', { name: 'Hide all' }).click()
    await page.mouse.move(2, 2)
    await waitForCount(page.locator('.box'), 0)
    await expect.poll(async () => alphas(CUP, UPPER)).toEqual([0, 0])
    await page.getByRole('button', { name: 'Show all' }).click()
    await waitForCount(page.locator('.box'), OBJECTS.length)
  })
})
