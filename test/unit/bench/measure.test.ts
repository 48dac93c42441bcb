import { describe, expect, it } from 'vitest'
import { Measurements } from '../../../bench/measure/measurements.ts'
import { seededRandom, shuffle } from '../../../bench/measure/random.ts'
import { type Case, measureRounds } from '../../../bench/measure/rounds.ts'
import { pairwise, summarise } from '../../../bench/measure/statistics.ts'

describe('summarise()', () => {
  it('returns median, minimum, maximum and interpolated quartiles', () => {
    expect(summarise([4, 1, 3, 2])).toEqual({
      median: 2.5,
      min: 1,
      max: 4,
      lowerQuartile: 1.75,
      upperQuartile: 3.25,
    })
  })

  it('throws without samples', () => {
    expect(() => summarise([])).toThrow(RangeError)
  })
})

describe('pairwise()', () => {
  it('divides within each round', () => {
    expect(pairwise([10, 30], [5, 10])).toEqual([2, 3])
  })

  it('throws for different numbers of rounds', () => {
    expect(() => pairwise([1, 2], [1])).toThrow(RangeError)
  })
})

describe('Measurements', () => {
  const measured = new Measurements([
    { id: 'ours', unit: 'ms', samples: [10, 40, 30] },
    { id: 'theirs', unit: 'ms', samples: [20, 20, 10] },
    { id: 'failed', unit: 'ms', samples: [], failure: 'no memory' },
  ])

  it('ratio() is the median of the ratios per round, not the ratio of the medians', () => {
    expect(measured.ratio('ours', 'theirs')).toMatchObject({ median: 2, min: 0.5, max: 3 })
  })

  it('slopes() divides the difference by the number of additional items', () => {
    expect(measured.slopes('theirs', 'ours', 10)).toEqual([-1, 2, 2])
  })

  it('are undefined for cases that failed or were not measured', () => {
    expect(measured.summary('failed')).toBeUndefined()
    expect(measured.ratio('ours', 'failed')).toBeUndefined()
    expect(measured.ratio('unheard of', 'ours')).toBeUndefined()
  })
})

describe('shuffle()', () => {
  it('keeps all items, and returns the same order for the same seed', () => {
    const items = Array.from({ length: 20 }, (_, index) => index)
    const shuffled = shuffle(items, seededRandom(7))
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items)
    expect(shuffled).toEqual(shuffle(items, seededRandom(7)))
    expect(shuffled).not.toEqual(shuffle(items, seededRandom(8)))
  })
})

describe('measureRounds()', () => {
  const order: string[] = []
  const makeCase = (id: string, more: Partial<Case> = {}): Case => ({
    id,
    unit: 'ms',
    isPeer: false,
    warmUps: 0,
    run: async () => order.push(id),
    ...more,
  })
  const options = () => ({ rounds: 3, random: seededRandom(1), progress: () => {} })

  it('runs every case once per round, in a new order for each round', async () => {
    order.length = 0
    await measureRounds(
      ['a', 'b', 'c', 'd'].map((id) => makeCase(id)),
      options(),
    )
    const rounds = [order.slice(0, 4), order.slice(4, 8), order.slice(8)]
    for (const round of rounds) expect(round.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(new Set(rounds.map(String)).size).toBeGreaterThan(1)
  })

  it('does not count the warm-ups of each case', async () => {
    let runs = 0
    const run = async () => ++runs
    const [, warm] = await measureRounds([makeCase('cold'), makeCase('warm', { warmUps: 2, run })], options())
    expect(warm?.samples).toEqual([3, 4, 5])
  })

  it('reports a failed peer, drops its samples, and continues', async () => {
    let runs = 0
    const run = async () => {
      if (++runs === 2) throw new Error('out of memory')
      return 1
    }
    const [failing, other] = await measureRounds(
      [makeCase('failing', { isPeer: true, run }), makeCase('other', { run: async () => 5 })],
      options(),
    )
    expect(failing).toEqual({ id: 'failing', unit: 'ms', samples: [], failure: 'out of memory' })
    expect(runs).toBe(2)
    expect(other?.samples).toEqual([5, 5, 5])
  })

  it('throws if a case of our own fails', async () => {
    const run = async () => {
      throw new Error('a bug')
    }
    await expect(measureRounds([makeCase('ours', { run })], options())).rejects.toThrow('a bug')
  })

  it('throws for two cases with the same name', async () => {
    await expect(measureRounds([makeCase('a'), makeCase('a')], options())).rejects.toThrow('two cases')
  })
})
