import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDocument, writeAnnotations } from '../support/admin.ts'
import { axeViolations } from '../support/axe.ts'
import { launchBrowser } from '../support/browser.ts'
import { gemini } from '../support/gemini-control.ts'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { drawScene } from '../support/scene.ts'
import { FiresightPage, misplaced } from './firesight-page.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')
/** Only the prompt for objects names this key. */
const TO_LOCATE = { textIncludes: 'box_2d' }

/* All numbers are thousandths of the photo's sides. The wedges are the two halves of one rectangle. */
const rectangle = (left: number, top: number, right: number, bottom: number) => ({
  box_2d: [top, left, bottom, right],
  mask: [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ],
})
const WEDGES = [100, 100, 400, 500] as const
const OBJECTS = [
  { label: 'room', ...rectangle(0, 0, 1000, 1000) },
  { label: 'upper wedge', ...rectangle(...WEDGES), mask: [[100, 100], [400, 100], [100, 500]] }, // biome-ignore format: points
  { label: 'lower wedge', ...rectangle(...WEDGES), mask: [[400, 100], [400, 500], [100, 500]] }, // biome-ignore format: points
  { label: 'table', ...rectangle(100, 550, 900, 950) },
  { label: 'cup', ...rectangle(300, 600, 500, 800) },
]
const [UPPER, LOWER, TABLE, CUP, ROOM] = [
  [0.15, 0.15],
  [0.37, 0.45],
  [0.2, 0.9],
  [0.4, 0.7],
  [0.7, 0.3],
] as const
type Place = readonly [x: number, y: number]

/** Alpha of the masks, of dimmed pixels, and of the pixels of the highlighted object. */
const [MASK, DIMMED, CLEAR] = [Math.round(0.35 * 255), Math.round(0.6 * 255), 0]

let browser: Browser
let png: Buffer
let visit: FiresightPage
let imageId: string

beforeAll(async () => {
  mkdirSync(ARTIFACTS, { recursive: true })
  ;({ png } = await drawScene(OWN_SHAPES))
  browser = await launchBrowser()
  await gemini.reset()
  await gemini.script({ match: TO_LOCATE, reply: { text: JSON.stringify(OBJECTS) } })
  visit = await FiresightPage.open(browser)
  await visit.annotate(png)
  await gemini.reset()
  imageId = visit.imageId
}, 120_000)
beforeEach(async () => visit.show(imageId))
afterAll(async () => {
  await gemini.reset()
  await visit?.close()
  await browser?.close()
})

/** The alpha of the canvas over the masks at a place of the photo. */
const alphaAt = async ([x, y]: Place, on = visit): Promise<number> =>
  on.overlay.evaluate(
    (canvas: HTMLCanvasElement, place) => {
      const photo = document.querySelector('.stage-photo')!.getBoundingClientRect()
      const frame = canvas.getBoundingClientRect()
      const column = ((photo.left + place.x * photo.width - frame.left) / frame.width) * canvas.width
      const row = ((photo.top + place.y * photo.height - frame.top) / frame.height) * canvas.height
      return canvas.getContext('2d')!.getImageData(Math.floor(column), Math.floor(row), 1, 1).data[3]!
    },
    { x, y },
  )
const alphas = async (...places: Place[]) => Promise.all(places.map(async (place) => alphaAt(place)))
/** The place of the page that shows a place of the photo. */
const pointOf = async ([x, y]: Place, on = visit) => {
  const photo = (await on.photo.boundingBox())!
  return [photo.x + x * photo.width, photo.y + y * photo.height] as const
}
const row = (label: string, on = visit) => on.page.getByRole('button', { name: new RegExp(`^${label}`) })
const pointedRow = async () => visit.page.locator('.object-pointed .object-label').allTextContents()
const zoomLevel = async () => visit.page.locator('.zoom-level [role=status]').textContent()

describe('the masks', () => {
  it('are 35 % opaque; a slider changes this, and the page remembers it', async () => {
    const slider = visit.page.getByRole('slider', { name: 'Opacity of the masks' })
    expect(await alphas(UPPER, LOWER, TABLE, CUP)).toEqual([MASK, MASK, MASK, MASK])
    await slider.fill('0')
    await expect.poll(async () => alphaAt(TABLE)).toBe(0)
    await slider.fill('100')
    await expect.poll(async () => alphaAt(TABLE)).toBe(255)
    await visit.show(imageId)
    await expect.poll(async () => alphaAt(TABLE)).toBe(255)
    await slider.fill('35')
    await expect.poll(async () => alphaAt(TABLE)).toBe(MASK)
  })

  it('of an object that covers most of the photo is an outline only', async () => {
    expect(await alphaAt(ROOM)).toBe(0)
    // Just outside the table.
    expect(await alphaAt([0.5, 0.548])).toBeGreaterThan(MASK)
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
    visit.expectProblem(/Failed to load resource/)
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
    await expect.poll(async () => alphas(...clear)).toEqual(clear.map(() => CLEAR))
    expect(await alphas(...dimmed)).toEqual(dimmed.map(() => DIMMED))
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
    expect(await row('cup').getAttribute('aria-pressed')).toBe('true')
    expect(await alphas(CUP, TABLE)).toEqual([CLEAR, DIMMED])
    await page.keyboard.press('Escape')
    await expect.poll(pointedRow).toEqual([])
    expect(await alphas(CUP, TABLE)).toEqual([MASK, MASK])
    await row('table').press('Enter')
    expect(await row('table').getAttribute('aria-pressed')).toBe('true')
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
    expect(await visit.box('table').count()).toBe(0)
    expect(await page.locator('.chip').allTextContents()).not.toContain('table')
    await page.getByRole('button', { name: 'Hide all' }).click()
    await page.mouse.move(2, 2)
    await expect.poll(() => page.locator('.box').count()).toBe(0)
    expect(await alphas(CUP, UPPER)).toEqual([0, 0])
    await page.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(() => page.locator('.box').count()).toBe(OBJECTS.length)
  })
})

describe('zoom', () => {
  const truths = OBJECTS.map(({ label, box_2d: [top, left, bottom, right] }) => ({
    label,
    box: {
      x: (left! / 1000) * OWN_SHAPES.width,
      y: (top! / 1000) * OWN_SHAPES.height,
      width: ((right! - left!) / 1000) * OWN_SHAPES.width,
      height: ((bottom! - top!) / 1000) * OWN_SHAPES.height,
    },
    mask: new Uint8Array(),
  }))

  it('by wheel keeps the place under the pointer, and boxes and masks within 1 %, at 4x', async () => {
    const { page } = visit
    const edge: Place = [0.1, 0.7]
    const before = await pointOf(edge)
    await page.mouse.move(...before)
    for (const _ of [1, 2, 3]) await page.mouse.wheel(0, -Math.log(4) / 0.002 / 3)
    await expect.poll(zoomLevel).toBe('400%')
    const frame = (await page.locator('.viewer').boundingBox())!
    expect((await visit.photo.boundingBox())!.width / frame.width).toBeCloseTo(4, 2)
    const after = await pointOf(edge)
    expect(Math.hypot(after[0] - before[0], after[1] - before[1])).toBeLessThan(2)
    expect(await misplaced(visit, truths, OWN_SHAPES)).toEqual([])
    await page.mouse.move(2, 2)
    // The left edge of the table.
    await expect.poll(async () => alphaAt([0.105, 0.7])).toBe(MASK)
    expect(await alphaAt([0.09, 0.7])).toBe(0)
    await page.screenshot({ path: join(ARTIFACTS, 'zoom-4x.png') })
  })

  it('by double click, dragging, buttons and keys', async () => {
    const { page } = visit
    await page.mouse.dblclick(...(await pointOf(CUP)))
    await expect.poll(zoomLevel).toBe('250%')
    const [x, y] = await pointOf(CUP)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 60, y - 40, { steps: 4 })
    await page.mouse.up()
    const moved = await pointOf(CUP)
    expect([moved[0] - x, moved[1] - y].map(Math.round)).toEqual([60, -40])

    await page.keyboard.press('Escape')
    await page.locator('.viewer').focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => (await pointOf(CUP))[0]).toBeLessThan(moved[0] - 20)
    await page.keyboard.press('0')
    await expect.poll(zoomLevel).toBe('100%')
    await page.keyboard.press('+')
    await expect.poll(zoomLevel).toBe('150%')
    await page.keyboard.press('-')
    await expect.poll(zoomLevel).toBe('100%')
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await expect.poll(zoomLevel).toBe('150%')
    await page.getByRole('button', { name: /Show the whole photo/ }).click()
    await expect.poll(zoomLevel).toBe('100%')
  })
})

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
    const field = (await page.getByRole('textbox', { name: 'Your question' }).boundingBox())!
    expect(field.y + field.height).toBeLessThan(900)
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(0)
    const caption = (await page.locator('.caption').boundingBox())!
    expect(caption.y + 28).toBeLessThan(844)
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
    expect(await tooWide()).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
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

describe('on a touch screen', () => {
  it('a tap selects, and two fingers zoom', async () => {
    const context = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } }
    const phone = await FiresightPage.open(browser, undefined, context)
    const { page } = phone
    await gemini.script({ match: TO_LOCATE, reply: { text: JSON.stringify(OBJECTS) } })
    await phone.annotate(png)
    await page.touchscreen.tap(...(await pointOf(LOWER, phone)))
    const selected = page.locator('.object[aria-pressed=true] .object-label')
    await expect.poll(() => selected.allTextContents()).toEqual(['lower wedge'])
    expect(await alphaAt(LOWER, phone)).toBe(CLEAR)
    expect(await alphaAt(UPPER, phone)).toBe(DIMMED)

    const [x, y] = await pointOf([0.5, 0.5], phone)
    const input = await page.context().newCDPSession(page)
    const touch = async (type: 'touchStart' | 'touchMove' | 'touchEnd', apart?: number) =>
      input.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          apart === undefined ? [] : [-1, 1].map((side, id) => ({ id, x: x + (side * apart) / 2, y })),
      })
    await touch('touchStart', 40)
    for (const apart of [60, 80, 100, 120]) await touch('touchMove', apart)
    await touch('touchEnd')
    await expect.poll(() => page.locator('.zoom-level [role=status]').textContent()).toBe('300%')
    await page.screenshot({ path: join(ARTIFACTS, 'touch.png') })
    await phone.close()
  })
})

describe('a photo with 60 objects', () => {
  it('is not hidden by labels: they become numbers and dots', async () => {
    // The functions keep fewer objects by default, and an operator can raise the limit.
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
    const crowd = visit
    const { page } = crowd
    await expect.poll(() => page.locator('.box').count()).toBe(60)
    const chips = page.locator('.chips')
    await expect.poll(() => chips.getAttribute('data-level')).toBe('numbers')
    expect(await page.locator('.chip').first().textContent()).toMatch(/^\d+$/)
    expect(await hiddenShare(crowd)).toBeLessThan(0.15)
    await page.screenshot({ path: join(ARTIFACTS, 'sixty.png') })
    await row('thing number 37', crowd).focus()
    await expect
      .poll(() => page.locator('.chip:not(.chip-number)').allTextContents())
      .toEqual(['thing number 37'])
    await page.setViewportSize({ width: 390, height: 844 })
    await expect.poll(() => chips.getAttribute('data-level')).toBe('dots')
    expect(await hiddenShare(crowd)).toBeLessThan(0.15)
    await page.screenshot({ path: join(ARTIFACTS, 'sixty-390.png') })
    await writeAnnotations([{ imageId, annotation }])
  })

  /** The part of the photo under labels. */
  const hiddenShare = async ({ page }: FiresightPage) =>
    page.evaluate(() => {
      const area = (element: Element) => {
        const { width, height } = element.getBoundingClientRect()
        return width * height
      }
      const chips = [...document.querySelectorAll('.chip')].reduce((sum, chip) => sum + area(chip), 0)
      return chips / area(document.querySelector('.viewer')!)
    })
})
