import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { heifDecodedPixels } from '../../../functions/src/image/heif-work.ts'
import { inspectImage } from '../../../functions/src/image/source-image.ts'
import { heifGrid } from '../../hostile/pictures/heif-grid.ts'
import { box } from '../../support/heif-boxes.ts'

const LIMITS = { maxImageBytes: 20 * 1024 * 1024, maxImagePixels: 50_000_000, heicEnabled: true }
const heic = readFileSync(new URL('../../fixtures/four-shapes.heic', import.meta.url))
const TILE = 1200 * 800

/** Every image is made of the next one, so many times. */
function chain(depth: number, times: number): Buffer {
  const numbers = (...values: number[]) =>
    Buffer.concat(values.map((value) => Buffer.from([value >> 8, value & 255])))
  const references = Array.from({ length: depth }, (_, id) =>
    box('dimg', numbers(id + 1, times, ...Array<number>(times).fill(id + 2))),
  )
  const ispe = box('ispe', Buffer.from([0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 10]))
  const ipma = box('ipma', Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), numbers(depth + 1), Buffer.from([1, 1]))
  return box(
    'meta',
    Buffer.alloc(4),
    box('pitm', Buffer.alloc(4), numbers(1)),
    box('iref', Buffer.alloc(4), ...references),
    box('iprp', box('ipco', ispe), ipma),
  )
}

describe('heifDecodedPixels()', () => {
  it('is the size of a picture of one piece, and what the tiles have beside it of one of several', () => {
    expect(heifDecodedPixels(heic)).toBe(TILE)
    expect(heifDecodedPixels(heifGrid(6, 7, { width: 8000, height: 4800 }))).toBe(42 * TILE + 8000 * 4800)
  })

  it('counts a picture as often as it is decoded, and not for ever', () => {
    expect(heifDecodedPixels(chain(3, 30))).toBe(30 ** 3 * 100)
    expect(heifDecodedPixels(chain(10, 2))).toBe(Number.POSITIVE_INFINITY)
  })

  it('heeds every image of a file, whichever is said to be the one to show', () => {
    const grid = heifGrid(6, 7, { width: 8000, height: 4800 })
    const pitm = grid.indexOf('pitm') + 8
    grid.writeUInt16BE(1, pitm)
    expect(heifDecodedPixels(grid)).toBe(42 * TILE + 8000 * 4800)
  })

  it('is infinite for more references than are looked at', () => {
    expect(heifDecodedPixels(chain(1, 10_001))).toBe(Number.POSITIVE_INFINITY)
    expect(heifDecodedPixels(chain(4096, 1))).toBe(Number.POSITIVE_INFINITY)
  })

  it('ends with bytes that are cut or damaged anywhere', () => {
    const grid = heifGrid(2, 2, { width: 2400, height: 1600 })
    for (let at = 0; at < 1000; at++) {
      expect(heifDecodedPixels(grid.subarray(0, at))).toBeGreaterThanOrEqual(0)
      const damaged = Buffer.from(grid)
      damaged[at]! ^= 0xff
      expect(heifDecodedPixels(damaged)).toBeGreaterThanOrEqual(0)
    }
  })
})

describe('inspectImage()', () => {
  it('takes a HEIC picture of tiles, and refuses one of tiles that nobody sees', async () => {
    const seen = heifGrid(2, 2, { width: 2400, height: 1600 })
    expect(await inspectImage(seen, LIMITS)).toMatchObject({ width: 2400, height: 1600 })
    const unseen = heifGrid(20, 20, { width: 1200, height: 800 })
    await expect(inspectImage(unseen, LIMITS)).rejects.toThrowError(
      expect.objectContaining({ code: 'too-many-pixels' }) as Error,
    )
  })
})
