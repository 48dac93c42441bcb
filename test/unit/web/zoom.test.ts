import { describe, expect, it } from 'vitest'
import { MAX_SCALE, panBy, photoPoint, WHOLE, wheelFactor, zoomAt } from '../../../web/src/viewer/zoom.ts'

const PHOTO = { width: 4000, height: 3000 }
const CURSOR = { x: 0.3, y: 0.7 }

describe('zoomAt()', () => {
  it('keeps the pixel of the photo under the cursor', () => {
    const before = photoPoint(CURSOR, WHOLE, PHOTO)
    const zoomed = zoomAt(zoomAt(WHOLE, 2, CURSOR), 1.7, CURSOR)
    expect(zoomed.scale).toBeCloseTo(3.4)
    expect(photoPoint(CURSOR, zoomed, PHOTO)).toEqual(before)
  })

  it('shows no area outside the photo', () => {
    const corner = zoomAt(zoomAt(WHOLE, 4, { x: 0, y: 0 }), 0.5, { x: 1, y: 1 })
    expect(corner).toEqual({ scale: 2, x: 0, y: 0 })
    expect(zoomAt(corner, 0.1, CURSOR)).toEqual(WHOLE)
  })

  it('stops at the largest scale', () => {
    expect(zoomAt(WHOLE, 1000, CURSOR).scale).toBe(MAX_SCALE)
  })
})

it('panBy() moves the photo up to its edges', () => {
  const view = zoomAt(WHOLE, 4, { x: 0.5, y: 0.5 })
  expect(panBy(view, { x: 0.25, y: -0.5 })).toEqual({ scale: 4, x: -1.25, y: -2 })
  expect(panBy(view, { x: 9, y: -9 })).toEqual({ scale: 4, x: 0, y: -3 })
  expect(panBy(WHOLE, { x: 0.5, y: 0.5 })).toEqual(WHOLE)
})

it('wheelFactor() is the same for pixels and lines, and larger for a pinch on a trackpad', () => {
  const turn = { deltaY: -100, deltaMode: 0, ctrlKey: false }
  expect(wheelFactor(turn)).toBeCloseTo(Math.exp(0.2))
  expect(wheelFactor({ ...turn, deltaY: -6.25, deltaMode: 1 })).toBeCloseTo(Math.exp(0.2))
  expect(wheelFactor({ ...turn, ctrlKey: true })).toBeCloseTo(Math.E)
  expect(wheelFactor(turn) * wheelFactor({ ...turn, deltaY: 100 })).toBeCloseTo(1)
})
