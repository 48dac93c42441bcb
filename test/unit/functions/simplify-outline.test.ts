import { describe, expect, it } from 'vitest'
import { runsFromPolygon } from '../../../functions/src/masks/runs-from-polygon.ts'
import { simplifyOutline } from '../../../functions/src/masks/simplify-outline.ts'
import { paintMask, randomFrom } from '../../support/masks.ts'

type Point = [x: number, y: number]

const SIDE = 1000

/** A circle whose radius varies by up to `noise`, as the outlines of real segmentations do. */
function blob(count: number, noise: number): Point[] {
  const random = randomFrom(24)
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count
    const radius = 400 * (1 + 0.15 * Math.sin(3 * angle)) + (random() - 0.5) * noise
    return [Math.round(500 + radius * Math.cos(angle)), Math.round(500 + radius * Math.sin(angle))]
  })
}

function iou(one: Point[], other: Point[]): number {
  const box = { x: 0, y: 0, width: SIDE, height: SIDE }
  const [a, b] = [paintMask(runsFromPolygon([one], box)), paintMask(runsFromPolygon([other], box))]
  const both = a.reduce((sum, value, i) => sum + (value & b[i]!), 0)
  return both / a.reduce((sum, value, i) => sum + (value | b[i]!), 0)
}

describe('simplifyOutline()', () => {
  it('keeps an outline that has few points', () => {
    const outline = blob(24, 0)
    expect(simplifyOutline(outline, 24)).toEqual(outline)
  })

  it('removes points on a straight line first, also next to the first and the last point', () => {
    const square: Point[] = [
      [50, 0],
      [100, 0],
      [100, 100],
      [60, 100],
      [0, 100],
      [0, 40],
      [0, 0],
      [20, 0],
    ]
    expect(simplifyOutline(square, 4)).toEqual([
      [100, 0],
      [100, 100],
      [0, 100],
      [0, 0],
    ])
  })

  it.each([
    [40, 0, 0.98],
    [40, 20, 0.97],
    [2000, 0, 0.98],
    [2000, 60, 0.9],
  ])('keeps the shape of %i points with a noise of %i pixels: IoU of at least %f', (count, noise, least) => {
    const outline = blob(count, noise)
    const simple = simplifyOutline(outline, 24)
    expect(simple).toHaveLength(24)
    // A part of the points, in their order.
    expect(simple).toEqual(outline.filter((point) => simple.includes(point)))
    expect(iou(outline, simple)).toBeGreaterThan(least)
  })
})
