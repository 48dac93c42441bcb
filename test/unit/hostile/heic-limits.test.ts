import { expect, test } from 'vitest'
import { decodeHeic } from '../../../functions/src/image/heic.ts'
import { instanceLimits } from '../../../functions/src/image/instance-limits.ts'
import { heifGrid, nestedHeifGrids, TILE_SIZE } from '../../hostile/pictures/heif-grid.ts'

const MAX_PIXELS = 50_000_000
const tooLarge = expect.objectContaining({ code: 'too-many-pixels' }) as Error

test('decodeHeic() decodes a grid of tiles', async () => {
  const { width, height, rgba } = await decodeHeic(heifGrid(2, 2, { width: 2400, height: 1600 }), MAX_PIXELS)
  expect([width, height, rgba.length]).toEqual([2400, 1600, 2400 * 1600 * 4])
})

test('decodeHeic() ends the decoder at its limit of CPU time, and then decodes the next image', async () => {
  const endless = nestedHeifGrids(
    Array.from({ length: 30 }, () => ({ rows: 2, columns: 1, size: TILE_SIZE })),
  )
  const { signal } = new AbortController()
  const [first, second] = [
    instanceLimits.withDecoder(true, signal, () => decodeHeic(endless, MAX_PIXELS, 300)),
    instanceLimits.withDecoder(true, signal, () => decodeHeic(heifGrid(1, 1, TILE_SIZE), MAX_PIXELS)),
  ]
  await expect(first).rejects.toThrowError(tooLarge)
  expect(await second).toMatchObject(TILE_SIZE)
})

test('decodeHeic() refuses an image that needs more memory than the pixel limit allows', async () => {
  // The decoder needs 263 MB for it, and may take 128 MiB and 13 bytes for each pixel of the limit.
  const large = heifGrid(7, 7, { width: 8400, height: 5600 })
  await expect(decodeHeic(large, 8_000_000)).rejects.toThrowError(tooLarge)
})
