import { expect, it } from 'vitest'
import { Turns } from '../../../functions/src/callables/semaphore.ts'

it('Turns lets two work at a time and the others in their order, also after a failure', async () => {
  const turns = new Turns(2)
  const began: number[] = []
  const ends: (() => void)[] = []
  let atOnce = 0
  let most = 0
  const works = Array.from({ length: 5 }, async (_, i) =>
    turns.take(async () => {
      began.push(i)
      most = Math.max(most, ++atOnce)
      await new Promise<void>((resolve) => ends.push(resolve))
      atOnce--
      if (i === 1) throw new Error('second')
      return i
    }),
  )
  const settled = Promise.allSettled(works)
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    expect(began.length).toBe(Math.min(i + 2, 5))
    ends[i]!()
  }
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
  expect(began).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
})
