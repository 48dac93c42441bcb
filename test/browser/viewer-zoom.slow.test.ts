import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OWN_SHAPES } from '../support/own-shapes.ts'
import { waitForBoxes } from './drawn-results.ts'
import {
  alphaAt,
  CLEAR,
  CUP,
  DIMMED,
  LOWER,
  MASK,
  OBJECTS,
  openPhotoOfObjects,
  type Place,
  pointOf,
  UPPER,
  usePhotoOfObjects,
  visit,
} from './photo-of-objects.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

usePhotoOfObjects()

const zoomLevel = async () => visit.page.locator('.zoom-level [role=status]').textContent()

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
    const scale = async () => (await visit.photo.boundingBox())!.width / frame.width
    await expect.poll(scale).toBeCloseTo(4, 2)
    const distance = async () => {
      const after = await pointOf(edge)
      return Math.hypot(after[0] - before[0], after[1] - before[1])
    }
    await expect.poll(distance).toBeLessThan(2)
    await waitForBoxes(visit, truths, OWN_SHAPES)
    await page.mouse.move(2, 2)
    // The left edge of the table.
    await expect.poll(async () => alphaAt([0.105, 0.7])).toBe(MASK)
    await expect.poll(async () => alphaAt([0.09, 0.7])).toBe(0)
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
    const movement = async () => {
      const [toX, toY] = await pointOf(CUP)
      return [toX - x, toY - y].map(Math.round)
    }
    await expect.poll(movement).toEqual([60, -40])

    await page.keyboard.press('Escape')
    await page.locator('.viewer').focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => (await movement())[0]).toBeLessThan(60 - 20)
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

describe('on a touch screen', () => {
  it('a tap selects, and two fingers zoom', async () => {
    const context = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } }
    const phone = await openPhotoOfObjects(context)
    const { page } = phone
    await page.touchscreen.tap(...(await pointOf(LOWER, phone)))
    const selected = page.locator('.object[aria-pressed=true] .object-label')
    await expect.poll(() => selected.allTextContents()).toEqual(['lower wedge'])
    await expect.poll(async () => alphaAt(LOWER, phone)).toBe(CLEAR)
    await expect.poll(async () => alphaAt(UPPER, phone)).toBe(DIMMED)

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
