import { describe, expect, it } from 'vitest'
import type { ProjectUse } from '../../../../functions/src/quota/allowance.ts'
import { NOTHING, plus } from '../../../../functions/src/quota/project-ledger.ts'
import { instance, LIMIT, outcomeOf, restricted, tokens } from '../../../support/ledger-instance.ts'
import * as fc from '../../../support/seeded-fast-check.ts'

describe('projectLedger()', () => {
  it('counts what is used, whatever is written, fails or comes late', () => {
    const operation = fc.record({
      isSettle: fc.boolean(),
      amount: fc.integer({ min: 0, max: 5000 }),
      spent: fc.integer({ min: 0, max: 9000 }),
      isRestricted: fc.boolean(),
      isWritten: fc.boolean(),
      ms: fc.integer({ min: 0, max: 3000 }),
    })
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 60 }),
        fc.constantFrom(0, 40_000, LIMIT),
        (steps, limit) => {
          const { counter, use, reserve, settle } = instance(limit)
          const open: { id: string; hold: ProjectUse }[] = []
          let expected = NOTHING
          let time = 0
          for (const [i, { isSettle, amount, spent, isRestricted, isWritten, ms }] of steps.entries()) {
            time += ms
            const next = isSettle ? open.shift() : undefined
            if (next) {
              const used = next.hold.restrictedTokens > 0 ? restricted(spent) : tokens(spent)
              settle(next.id, next.hold, used, isWritten)
              // A settlement that is not written leaves the reservation on the counter.
              if (isWritten)
                expected = plus(
                  expected,
                  plus(used, { tokens: -next.hold.tokens, restrictedTokens: -next.hold.restrictedTokens }),
                )
            } else {
              const hold = isRestricted ? restricted(amount) : tokens(amount)
              reserve(`${i}`, hold, time, isWritten)
              if (!isWritten) continue
              open.push({ id: `${i}`, hold })
              expected = plus(expected, hold)
            }
            expect(use()).toEqual(expected)
          }
          for (const { id, hold } of open) settle(id, hold, hold)
          // The last settlement returns the rest.
          reserve('last', tokens(1), time)
          settle('last', tokens(1), NOTHING)
          expect(counter.sum).toEqual(expected)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('never counts less than the use when outcomes are unknown', () => {
    const operation = fc.record({
      isSettle: fc.boolean(),
      amount: fc.integer({ min: 0, max: 5000 }),
      spent: fc.integer({ min: 0, max: 9000 }),
      isRestricted: fc.boolean(),
      isWritten: fc.boolean(),
      isKnown: fc.boolean(),
      ms: fc.integer({ min: 0, max: 3000 }),
    })
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (steps) => {
        const { counter, use, reserve, settle } = instance(LIMIT)
        const open: { id: string; hold: ProjectUse }[] = []
        let expected = NOTHING
        let time = 0
        const expectEnough = (counted: ProjectUse) => {
          expect(counted.tokens).toBeGreaterThanOrEqual(expected.tokens)
          expect(counted.restrictedTokens).toBeGreaterThanOrEqual(expected.restrictedTokens)
        }
        for (const [
          i,
          { isSettle, amount, spent, isRestricted, isWritten, isKnown, ms },
        ] of steps.entries()) {
          time += ms
          const next = isSettle ? open.shift() : undefined
          if (next) {
            const used = next.hold.restrictedTokens > 0 ? restricted(spent) : tokens(spent)
            settle(next.id, next.hold, used, isWritten, isKnown ? outcomeOf(isWritten) : 'unknown')
            // Otherwise the reservation stays on the counter.
            if (isWritten)
              expected = plus(
                expected,
                plus(used, { tokens: -next.hold.tokens, restrictedTokens: -next.hold.restrictedTokens }),
              )
          } else {
            const hold = isRestricted ? restricted(amount) : tokens(amount)
            reserve(`${i}`, hold, time)
            open.push({ id: `${i}`, hold })
            expected = plus(expected, hold)
          }
          expectEnough(use())
        }
        for (const { id, hold } of open) settle(id, hold, hold)
        reserve('last', tokens(1), time)
        settle('last', tokens(1), NOTHING)
        expectEnough(counter.sum)
      }),
      { numRuns: 300 },
    )
  })
})
