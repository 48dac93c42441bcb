import { describe, expect, it } from 'vitest'
import { assignColours, PALETTE } from '../../../functions/src/masks/palette.ts'
import { distanceSeen, VISIONS } from '../../support/colour-vision.ts'

describe('assignColours()', () => {
  it('assigns one colour per label, and different colours while enough are free', () => {
    const labels = ['cat', 'dog', 'cat', 'bird', 'fish', 'tree', 'car', 'house']
    const colours = assignColours(labels)
    expect(colours[0]).toBe(colours[2])
    expect(new Set(colours).size).toBe(7)
    expect(PALETTE).toContain(colours[0])
  })

  it('keeps the colour of a label between pictures', () => {
    expect(assignColours(['red circle'])[0]).toBe(assignColours(['red circle', 'red circle'])[1])
  })
})

describe('PALETTE', () => {
  it.each(Object.entries(VISIONS))('has no two similar colours with %s', (_, vision) => {
    const distances = PALETTE.flatMap((one, index) =>
      PALETTE.slice(index + 1).map((other) => distanceSeen(one, other, vision)),
    )
    expect(Math.min(...distances)).toBeGreaterThan(15)
  })
})
