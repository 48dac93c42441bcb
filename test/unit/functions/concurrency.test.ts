import { describe, expect, it } from 'vitest'
import { forEachConcurrently, type Permit, Semaphore } from '../../../functions/src/concurrency.ts'

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

describe('Semaphore', () => {
  /** Requests parts, and records which of them have been granted. */
  function take(semaphore: Semaphore, amounts: number[], signal?: AbortSignal) {
    const granted: number[] = []
    const permits = amounts.map(async (amount, index): Promise<Permit> => {
      const permit = await semaphore.acquire(amount, signal)
      granted.push(index)
      return permit
    })
    return { granted, permits, settle: async () => new Promise((resolve) => setImmediate(resolve)) }
  }

  it('grants parts up to its capacity, in order: a large request is not overtaken', async () => {
    const { granted, permits, settle } = take(new Semaphore(10), [6, 6, 1])
    await settle()
    expect(granted).toEqual([0])
    const first = await permits[0]!
    first.release()
    first.release() // Releases nothing more.
    await settle()
    expect(granted).toEqual([0, 1, 2])
  })

  it.each([1000, Number.NaN])('grants its whole capacity for a request of %d', async (amount) => {
    const { granted, permits, settle } = take(new Semaphore(10), [3, amount, 1])
    await settle()
    expect(granted).toEqual([0])
    ;(await permits[0]!).release()
    await settle()
    expect(granted).toEqual([0, 1])
    ;(await permits[1]!).release()
    await settle()
    expect(granted).toEqual([0, 1, 2])
  })

  it('ends a wait with the reason of its signal, and then grants smaller requests behind it', async () => {
    const semaphore = new Semaphore(10)
    const controller = new AbortController()
    const held = await semaphore.acquire(6)
    const large = take(semaphore, [6], controller.signal)
    const small = take(semaphore, [1])
    const reason = new Error('no time left')
    controller.abort(reason)
    await expect(large.permits[0]).rejects.toBe(reason)
    await small.settle()
    expect(small.granted).toEqual([0])
    await expect(semaphore.acquire(1, controller.signal)).rejects.toBe(reason)
    // The cancelled request has taken nothing.
    held.release()
    ;(await small.permits[0]!).release()
    expect(await Promise.race([semaphore.acquire(10), small.settle()])).toBeDefined()
  })

  it('starts waiting requests when a part becomes smaller, and fewer when one has become larger', async () => {
    const semaphore = new Semaphore(10)
    const first = await semaphore.acquire(8)
    const { granted, permits, settle } = take(semaphore, [5, 5])
    first.resize(5)
    await settle()
    expect(granted).toEqual([0])
    ;(await permits[0]!).resize(9)
    first.release()
    first.resize(0) // Has no effect any more.
    await settle()
    expect(granted).toEqual([0])
    ;(await permits[0]!).release()
    await settle()
    expect(granted).toEqual([0, 1])
    // Nothing is left over.
    ;(await permits[1]!).release()
    const all = take(semaphore, [10, 1])
    await all.settle()
    expect(all.granted).toEqual([0])
  })
})
