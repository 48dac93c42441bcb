import { expect, it, vi } from 'vitest'
import { lazyPort } from '../../../functions/src/stores/lazy-port.ts'

type Port = { double: (value: number) => Promise<number> }

it('lazyPort() loads the adapter once, with the first call', async () => {
  const load = vi.fn<() => Promise<Port>>().mockResolvedValue({ double: async (value) => 2 * value })
  const port = lazyPort<Port>(load, { double: true })
  expect(load).not.toHaveBeenCalled()
  expect(await Promise.all([port.double(1), port.double(2)])).toEqual([2, 4])
  expect(load).toHaveBeenCalledOnce()
})

it('lazyPort() loads the adapter again after a failure', async () => {
  const load = vi
    .fn<() => Promise<Port>>()
    .mockRejectedValueOnce(new Error('scripted'))
    .mockResolvedValue({ double: async (value) => 2 * value })
  const port = lazyPort<Port>(load, { double: true })
  await expect(port.double(1)).rejects.toThrow('scripted')
  expect(await port.double(1)).toBe(2)
})
