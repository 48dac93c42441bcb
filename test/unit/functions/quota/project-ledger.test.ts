import { describe, expect, it } from 'vitest'
import type { ProjectUse } from '../../../../functions/src/quota/allowance.ts'
import { NOTHING, type Posting, plus, projectLedger } from '../../../../functions/src/quota/project-ledger.ts'
import { at, DAY, instance, LIMIT, restricted, tokens } from '../../../support/ledger-instance.ts'

describe('projectLedger()', () => {
  it('leaves the counter exact after a photo that comes alone', () => {
    const { counter, reserve, settle, use } = instance(LIMIT)
    reserve('a', tokens(2500), 0)
    expect(counter.sum).toEqual(tokens(2500))
    settle('a', tokens(2500), tokens(3100))
    expect(counter).toEqual({ sum: tokens(3100), writes: 2 })
    expect(use()).toEqual(tokens(3100))
  })

  // docs/quota.md and tools/scale/rates.ts have this figure.
  it.each([1, 2.7, 5])('writes the counter about 0.6 times a second with %d photos a second', (rate) => {
    const { counter, reserve, settle } = instance(LIMIT)
    const photos = Math.round(100 * rate)
    // Each photo takes three seconds.
    const inFlight = Math.round(3 * rate)
    for (let i = 0; i < photos; i++) {
      reserve(`${i}`, tokens(2500), (i * 1000) / rate)
      if (i >= inFlight) settle(`${i - inFlight}`, tokens(2500), tokens(2300 + (i % 5) * 100))
    }
    expect(counter.writes / 100).toBeLessThanOrEqual(0.65)
    for (let i = photos - inFlight; i < photos; i++) settle(`${i}`, tokens(2500), tokens(2500))
    const settled = Array.from({ length: photos - inFlight }, (_, i) => 2300 + ((i + inFlight) % 5) * 100)
    expect(counter.sum).toEqual(tokens(settled.reduce((a, b) => a + b, 2500 * inFlight)))
  })

  it('adds at most a tenth of the limit in advance in all instances together, and nothing near the limit', () => {
    const limit = 1_000_000
    const instances = Array.from({ length: 10 }, () => projectLedger(10))
    let sum = 0
    let used = 0
    for (let i = 0; used < limit - 1000; i++) {
      const ledger = instances[i % 10]!
      const before = ledger.useOf(DAY, tokens(sum))
      const posting = ledger.reserve({ id: `${i}`, day: DAY }, tokens(1000), before, limit, at(i))
      sum += posting.add.tokens
      posting.end('written')
      used += 1000
      expect(sum - used).toBeLessThanOrEqual(limit / 10)
      expect(sum).toBeLessThanOrEqual(limit)
    }
  })

  it('returns what several settlements left that are written in one commit', () => {
    const { counter, reserve, write, ledger } = instance(LIMIT)
    const ids = ['a', 'b', 'c']
    for (const id of ids) reserve(id, tokens(2500), 0)
    const postings = ids.map((id) => ledger.settle({ id, day: DAY }, tokens(2500), tokens(2000)))
    for (const posting of postings) write(posting)
    expect(counter.sum).toEqual(tokens(3 * 2000))
  })

  it('adds nothing in advance for restricted users, whose cap is small', () => {
    const { counter, reserve } = instance(LIMIT)
    for (let i = 0; i < 20; i++) reserve(`${i}`, restricted(9000), i)
    expect(counter.sum).toEqual(restricted(20 * 9000))
  })

  it('returns the unused tokens of restricted users at once, in all instances, also while others are open', () => {
    const limit = 1_000_000
    const instances = Array.from({ length: 10 }, () => projectLedger(10))
    const post = ({ add, end }: Posting) => {
      sum = plus(sum, add)
      end('written')
    }
    let sum = NOTHING
    let used = NOTHING
    for (const [i, ledger] of instances.entries()) {
      const reserve = (id: string, hold: ProjectUse) =>
        post(ledger.reserve({ id: `${id}${i}`, day: DAY }, hold, ledger.useOf(DAY, sum), limit, at(i)))
      for (const id of ['a', 'b']) reserve(id, restricted(9000))
      reserve('open', tokens(2500))
      for (const id of ['a', 'b'])
        post(ledger.settle({ id: `${id}${i}`, day: DAY }, restricted(9000), restricted(1500)))
      used = plus(used, plus(restricted(3000), tokens(2500)))
    }
    expect(sum.restrictedTokens).toBe(used.restrictedTokens)
    expect(sum.tokens - used.tokens).toBeLessThanOrEqual(limit / 10)
  })

  it('keeps the block of verified users when a restricted user is settled', () => {
    const { counter, reserve, settle } = instance(LIMIT)
    for (const [i, id] of ['a', 'b'].entries()) reserve(id, tokens(2500), i)
    reserve('r', restricted(1000), 2)
    settle('r', restricted(1000), restricted(400))
    const { writes } = counter
    reserve('c', tokens(1500), 3)
    expect(counter.writes).toBe(writes)
  })

  it.each([
    ['written', true, 7000],
    // 8500 are used, since the second reservation stays. 4000 more, which it would have returned.
    ['not written', false, 12_500],
  ])(
    'never counts too little after a settlement that was %s, with an unknown outcome',
    (_, isWritten, counted) => {
      const { counter, reserve, settle } = instance(LIMIT)
      for (const [i, id] of ['a', 'b'].entries()) reserve(id, tokens(2500), i)
      settle('a', tokens(2500), tokens(1000))
      // Returns the block and what both left.
      settle('b', tokens(2500), tokens(1000), isWritten, 'unknown')
      for (const id of ['c', 'd']) reserve(id, tokens(2500), 3)
      for (const id of ['c', 'd']) settle(id, tokens(2500), tokens(2500))
      expect(counter.sum).toEqual(tokens(counted))
    },
  )

  it('counts reservations that are being written, and takes the balance once', () => {
    const { begin, reserve, use, write, counter } = instance(LIMIT)
    reserve('a', tokens(5000), 0)
    reserve('b', tokens(1000), 1)
    // The block of b covers c and d together, but not e.
    const [c, d, e] = ['c', 'd', 'e'].map((id, i) => begin(id, tokens(2400), 2 + i))
    expect([c!.add, d!.add]).toEqual([NOTHING, NOTHING])
    expect(e!.add.tokens).toBeGreaterThanOrEqual(2200)
    expect(use()).toEqual(tokens(13_200))
    for (const posting of [c!, d!, e!]) write(posting)
    expect(use()).toEqual(tokens(13_200))
    expect(counter.sum.tokens).toBeGreaterThanOrEqual(13_200)
  })
})
