import { expect, it } from 'vitest'
import { forEachConcurrently } from '../../../functions/src/concurrency.ts'

it('forEachConcurrently() runs at most the given number at a time, in order', async () => {
  const started: number[] = []
  let running = 0
  let most = 0
  await forEachConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
    started.push(item)
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
  })
  expect(started).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
})

it('forEachConcurrently() waits for running work after a failure, starts no more, and rethrows the failure', async () => {
  const started: number[] = []
  const finished: number[] = []
  const run = forEachConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
    started.push(item)
    if (item === 1) throw new Error('second')
    await new Promise((resolve) => setTimeout(resolve, 5))
    finished.push(item)
  })
  await expect(run).rejects.toThrow('second')
  expect(started).toEqual([0, 1])
  expect(finished).toEqual([0])
})
