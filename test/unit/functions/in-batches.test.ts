import { expect, it } from 'vitest'
import { inBatches } from '../../../functions/src/stores/firestore/in-batches.ts'

/** Collects the batches; each waits until the others have arrived. */
function collecting(fail: (item: string) => unknown = () => undefined) {
  const batches: string[][] = []
  const run = inBatches<string>(async (items) => {
    batches.push(items)
    await new Promise((resolve) => setImmediate(resolve))
    return new Map(items.filter((item) => fail(item)).map((item) => [item, fail(item)]))
  })
  return { batches, run }
}

it('inBatches() runs items that wait together, in order, and other keys at the same time', async () => {
  const { batches, run } = collecting()
  await Promise.all([run('alice', 'a'), run('alice', 'b'), run('bob', 'x'), run('alice', 'c')])
  await run('alice', 'd')
  expect(batches).toEqual([['a'], ['x'], ['b', 'c'], ['d']])
})

it('inBatches() rejects only the items that fail', async () => {
  const { run } = collecting((item) => (item === 'b' ? 'refused' : undefined))
  const outcomes = await Promise.allSettled([run('alice', 'a'), run('alice', 'b'), run('alice', 'c')])
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'done'))).toEqual([
    'done',
    'refused',
    'done',
  ])
})

it('inBatches() rejects all items of a batch that throws, and continues with the next one', async () => {
  let isDown = true
  const run = inBatches<string>(async () => {
    if (isDown) throw new Error('unavailable')
    return new Map()
  })
  await expect(Promise.all([run('alice', 'a'), run('alice', 'b')])).rejects.toThrow('unavailable')
  isDown = false
  await expect(run('alice', 'c')).resolves.toBeUndefined()
})
