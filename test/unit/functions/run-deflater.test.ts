import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { codeLengths } from '../../../functions/src/masks/png/huffman.ts'
import { RunDeflater } from '../../../functions/src/masks/png/run-deflater.ts'
import { randomFrom } from '../../support/masks.ts'
import * as fc from '../../support/seeded-fast-check.ts'

type Run = [byte: number, count: number]

/** Whether zlib, which checks every code and the Adler-32, inflates the stream to the runs. */
function comesBack(runs: readonly Run[]): boolean {
  const deflater = new RunDeflater()
  for (const [byte, count] of runs) deflater.put(byte, count)
  const expected = Buffer.concat(runs.map(([byte, count]) => Buffer.alloc(count, byte)))
  return inflateSync(deflater.finish()).equals(expected)
}

describe('RunDeflater', () => {
  it.each([1, 2, 3, 4, 257, 258, 259, 260, 261, 262, 516, 517, 518, 519, 520, 65_520, 65_521, 65_522])(
    'writes a single run of %i bytes',
    (count) => {
      expect([0, 1, 255].map((byte) => comesBack([[byte, count]]))).toEqual([true, true, true])
    },
  )

  it('writes every length of a run up to three matches', () => {
    const counts = Array.from({ length: 3 * 258 + 4 }, (_, i) => i + 1)
    const lost = counts.filter(
      (count) =>
        !comesBack([
          [7, 1],
          [0, count],
          [9, 2],
        ]),
    )
    expect(lost).toEqual([])
  })

  it('has the right checksum for hundreds of megabytes', () => {
    const deflater = new RunDeflater()
    deflater.put(255, 100_000_000)
    deflater.put(1, 100_000_000)
    const bytes = inflateSync(deflater.finish())
    expect([bytes.length, bytes.indexOf(1), bytes.lastIndexOf(255)]).toEqual([2e8, 1e8, 1e8 - 1])
  })

  it('has the right checksum for gigabytes, whose sums exceed a safe integer', () => {
    const deflater = new RunDeflater()
    let [a, b] = [1n, 0n]
    for (let i = 0; i < 60_000; i++) {
      const byte = 254 + (i % 2)
      deflater.put(byte, 65_519)
      b += 65_519n * a + BigInt(byte) * ((65_519n * 65_520n) / 2n)
      a += 65_519n * BigInt(byte)
    }
    // RFC 1950, 2.2 and 8.2: the Adler-32 is at the end.
    const checksum = deflater.finish().subarray(-4).readUInt32BE()
    expect(checksum).toBe(Number((b % 65_521n) * 65_536n + (a % 65_521n)))
  })

  it('writes all bytes in many short runs', () => {
    const random = randomFrom(11)
    const runs = Array.from(
      { length: 60_000 },
      (): Run => [Math.floor(random() * 256), Math.floor(1 + random() ** 8 * 3000)],
    )
    expect(comesBack(runs)).toBe(true)
  })

  it('limits codes to 15 bits for Fibonacci frequencies', () => {
    const runs: Run[] = []
    for (let byte = 0, [count, next] = [1, 1]; byte < 22; byte++, [count, next] = [next, count + next]) {
      for (let i = 0; i < count; i++) runs.push([byte, 1], [255, 1])
    }
    expect(comesBack(runs)).toBe(true)
  })

  it('joins runs of the same byte', () => {
    const [joined, apart] = [new RunDeflater(), new RunDeflater()]
    joined.put(5, 300)
    for (let i = 0; i < 300; i++) apart.put(5, 1)
    expect(apart.finish().equals(joined.finish())).toBe(true)
  })

  it('writes any runs', () => {
    const run = fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 1200 }))
    const property = fc.property(fc.array(run, { minLength: 1, maxLength: 300 }), (runs) => {
      expect(comesBack(runs)).toBe(true)
    })
    fc.assert(property, { seed: 42 })
  })
})

describe('codeLengths()', () => {
  /** Kraft's sum: 1 for a complete code. */
  const kraft = (lengths: Uint8Array) => lengths.reduce((sum, bits) => sum + (bits ? 2 ** -bits : 0), 0)

  it('assigns short codes to frequent symbols', () => {
    expect([...codeLengths(Uint32Array.of(1, 0, 8, 2, 4), 15)]).toEqual([3, 0, 1, 3, 2])
  })

  it.each([
    [19, 7],
    [40, 15],
  ])('has a complete code for %i symbols within %i bits', (symbols, limit) => {
    const frequencies = new Uint32Array(symbols)
    for (let i = 0, [count, next] = [1, 1]; i < symbols; i++, [count, next] = [next, count + next]) {
      frequencies[i] = count
    }
    const lengths = codeLengths(frequencies, limit)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(limit)
    expect(Math.min(...lengths)).toBeGreaterThan(0)
    expect(kraft(lengths)).toBe(1)
  })
})
