import { expect, it } from 'vitest'
import { RESERVATION_MS } from '../../../../functions/src/config/time-limits.ts'
import { asVisionError, type VisionError } from '../../../../functions/src/errors.ts'
import type { QuotaLimits, Reservation } from '../../../../functions/src/ports/quota-store.ts'
import { type Allowance, NEW_ALLOWANCE, reserve, settle } from '../../../../functions/src/quota/allowance.ts'
import { dayOf } from '../../../../functions/src/quota/day.ts'
import { counterexample } from '../../../support/counterexample.ts'
import { exactly, NO_LIMITS, projectUse } from '../../../support/quota-limits.ts'
import * as fc from '../../../support/seeded-fast-check.ts'

const LIMITS: QuotaLimits = { ...NO_LIMITS, callsPerMinute: 3, tokensPerDay: 100 }
const HOUR_MS = 3_600_000

type Made = { reservation: Reservation; at: number; spent?: number }

const step = fc.record({
  waitMs: fc.oneof(
    { weight: 6, arbitrary: fc.nat(30_000) },
    { weight: 1, arbitrary: fc.constantFrom(59_999, 60_000, RESERVATION_MS - 1, RESERVATION_MS) },
    { weight: 1, arbitrary: fc.nat(13 * HOUR_MS) },
  ),
  act: fc.constantFrom('call', 'call', 'upload', 'settle', 'settle'),
  tokens: fc.nat(60),
  which: fc.nat(),
})

/** A slow reference implementation: decides from the whole history. */
function refusalOf(history: Made[], kind: string, tokens: number, time: number): string | undefined {
  const calls = history.filter(
    ({ reservation, at }) => reservation.spender.kind === 'call' && time - at < 60_000,
  )
  if (kind === 'call' && calls.length >= LIMITS.callsPerMinute) return 'calls-exceeded'
  const today = history.filter(({ reservation }) => reservation.day === dayOf(new Date(time)))
  const counted = today.map(
    ({ reservation, at, spent }) => spent ?? (time < at + RESERVATION_MS ? reservation.tokens : 0),
  )
  const used = counted.reduce((sum, each) => sum + each, 0)
  if (used + tokens <= LIMITS.tokensPerDay) return undefined
  const spent = today.reduce((sum, { spent: tokensSpent = 0 }) => sum + tokensSpent, 0)
  return spent + tokens <= LIMITS.tokensPerDay ? 'tokens-reserved' : 'tokens-exceeded'
}

function attempt(allowance: Allowance, reservation: Reservation, time: number) {
  const now = new Date(time)
  try {
    return { allowance: reserve(allowance, { ...reservation, day: dayOf(now) }, projectUse(0), LIMITS, now) }
  } catch (error) {
    const refused = asVisionError(error)
    if (!refused) throw error
    return { refused }
  }
}

/** Whether a refusal ends at the time that it names, and, for calls, not before. */
function namesFirstMoment(
  { code, retryAfterMs = 0 }: VisionError,
  allowance: Allowance,
  reservation: Reservation,
  time: number,
): boolean {
  // A reservation may be settled at any time.
  if (code === 'tokens-reserved') return true
  const codeAfter = (ms: number) => attempt(allowance, reservation, time + ms).refused?.code
  return (
    codeAfter(retryAfterMs) !== code && (code !== 'calls-exceeded' || codeAfter(retryAfterMs - 1) === code)
  )
}

it('reserve() and settle() agree with the reference, and name the first allowed moment', async () => {
  const property = fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    let allowance = NEW_ALLOWANCE
    let time = Date.parse('2026-11-22T12:00:00Z')
    const history: Made[] = []
    for (const { waitMs, act, tokens, which } of steps) {
      time += waitMs
      const made = history[which % history.length]
      if (act === 'settle') {
        if (!made) continue
        allowance = settle(allowance, made.reservation, tokens, new Date(time))
        if (time < made.at + RESERVATION_MS + HOUR_MS) made.spent ??= tokens
        continue
      }
      const kind = act === 'call' ? 'call' : 'upload'
      const spender = { uid: 'alice', kind, account: 'verified' } as const
      const reservation = {
        id: `r${history.length}`,
        spender,
        ...exactly(tokens),
        tokens,
        day: dayOf(new Date(time)),
      }
      const outcome = attempt(allowance, reservation, time)
      if (outcome.refused?.code !== refusalOf(history, act, tokens, time)) return false
      if (outcome.refused) {
        if (!namesFirstMoment(outcome.refused, allowance, reservation, time)) return false
      } else {
        allowance = outcome.allowance
        history.push({ reservation, at: time })
      }
    }
    return true
  })
  expect(await counterexample(property, 2000)).toBeUndefined()
})
