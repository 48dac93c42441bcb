import { describe, expect, it } from 'vitest'
import { chipLevel } from '../../../web/src/viewer/chip-level.ts'
import { placeChips } from '../../../web/src/viewer/chip-places.ts'

const LABEL = { width: 80, height: 20 }
const labels = (count: number) => Array.from({ length: count }, () => LABEL)

describe('chipLevel()', () => {
  it.each([
    ['labels', 12, { width: 720, height: 540 }],
    ['numbers', 60, { width: 720, height: 540 }],
    ['numbers', 12, { width: 358, height: 268 }],
    ['dots', 60, { width: 358, height: 268 }],
  ])('shows %s for %i objects in %o', (level, count, frame) => {
    expect(chipLevel(labels(count), frame)).toBe(level)
  })
})

describe('placeChips()', () => {
  const frame = { width: 400, height: 300 }

  it('places a chip above its box, and within the frame', () => {
    const places = placeChips(
      [
        { box: { x: 50, y: 60, width: 90, height: 50 }, ...LABEL },
        { box: { x: 380, y: 200, width: 20, height: 50 }, ...LABEL },
      ],
      frame,
    )
    expect(places).toEqual([
      { x: 50, y: 40, isFree: true },
      { x: 320, y: 180, isFree: true },
    ])
  })

  it('marks the chips that overlap others', () => {
    const box = { x: 50, y: 60, width: 10, height: 10 }
    const places = placeChips(
      Array.from({ length: 9 }, () => ({ box, ...LABEL })),
      frame,
    )
    expect(places.filter(({ isFree }) => isFree).length).toBeLessThan(9)
  })
})
