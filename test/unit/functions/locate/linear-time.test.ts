import { describe, expect, it } from 'vitest'
import { VisionError } from '../../../../functions/src/errors.ts'
import { readLocation } from '../../../../functions/src/tasks/locate/read-location.ts'
import { garbage } from '../../../support/garbage.ts'

const LIMIT = 20
const ROUNDS = 25

const valid = JSON.stringify(
  Array.from({ length: 4900 }, (_, index) => ({ box_2d: [index % 1000, 2, 3, 4], label: `cup${index}` })),
).slice(0, -1)
const whole = `${valid.slice(0, valid.lastIndexOf('},') + 1)}]`.padEnd(200_000)

function read(text: string): void {
  try {
    readLocation({ text, truncated: false }, 100)
  } catch (error) {
    if (!(error instanceof VisionError)) throw error
  }
}

function time(work: () => void): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

describe('readLocation() of 200,000 characters', () => {
  // The lowest ratio of two times measured directly after each other: a busy machine slows both.
  it.each(Object.entries(garbage()))(
    `of %s takes at most ${LIMIT} times what JSON.parse takes for JSON`,
    (_, text) => {
      const ratios: number[] = []
      for (let round = 0; round < ROUNDS && !ratios.some((ratio) => ratio < LIMIT); round++) {
        const parsing = time(() => JSON.parse(whole))
        ratios.push(time(() => read(text)) / parsing)
      }
      expect(Math.min(...ratios)).toBeLessThan(LIMIT)
    },
  )
})
