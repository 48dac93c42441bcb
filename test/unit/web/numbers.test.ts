import { describe, expect, it } from 'vitest'
import { countdown } from '../../../web/src/parts/numbers.ts'

describe('countdown()', () => {
  it.each([
    [1, '1 s'],
    [41_500, '42 s'],
    [59_001, '1:00 min'],
    [272_000, '4:32 min'],
    [11_520_000, '3 h 12 min'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(countdown(milliseconds)).toBe(text)
  })
})
