import { describe, expect, it } from 'vitest'
import { RESERVATION_MS } from '../../../../functions/src/config/time-limits.ts'
import type { QuotaLimits, Reservation, Spender } from '../../../../functions/src/ports/quota-store.ts'
import {
  type Allowance,
  NEW_ALLOWANCE,
  quotaCheck,
  reserve,
  settle,
} from '../../../../functions/src/quota/allowance.ts'
import { dayOf } from '../../../../functions/src/quota/day.ts'
import { exactly, NO_LIMITS, projectUse } from '../../../support/quota-limits.ts'

const NOON = new Date('2026-11-22T12:00:00Z')
const TWELVE_HOURS_MS = 12 * 3600 * 1000
const after = (ms: number) => new Date(NOON.getTime() + ms)

let ids = 0
function reservationOf(tokens: number, now = NOON, kind: Spender['kind'] = 'call'): Reservation {
  return {
    id: `r${++ids}`,
    spender: { uid: 'alice', kind, account: 'verified' },
    ...exactly(tokens),
    tokens,
    day: dayOf(now),
  }
}

/** The allowance after a call at each of these times. */
function callsAt(limits: Partial<QuotaLimits>, ...times: number[]): Allowance {
  return times.reduce(
    (allowance, ms) =>
      reserve(allowance, reservationOf(1, after(ms)), projectUse(0), { ...NO_LIMITS, ...limits }, after(ms)),
    NEW_ALLOWANCE,
  )
}

const tryReserve = (
  allowance: Allowance,
  tokens: number,
  limits: Partial<QuotaLimits>,
  now = NOON,
  kind: Spender['kind'] = 'call',
) => reserve(allowance, reservationOf(tokens, now, kind), projectUse(0), { ...NO_LIMITS, ...limits }, now)

describe('reserve() and calls within a minute', () => {
  const limits = { callsPerMinute: 3 }
  const full = callsAt(limits, 0, 10_000, 20_000)

  it('refuses the next call until the first is older than a minute, to the millisecond', () => {
    expect(() => tryReserve(full, 1, limits, after(20_001))).toThrow(
      expect.objectContaining({ code: 'calls-exceeded', retryAfterMs: 39_999 }),
    )
    expect(() => tryReserve(full, 1, limits, after(59_999))).toThrow(
      expect.objectContaining({ code: 'calls-exceeded', retryAfterMs: 1 }),
    )
    expect(tryReserve(full, 1, limits, after(60_000)).calls).toHaveLength(3)
  })

  it('names the right time after the limit was lowered', () => {
    expect(() => tryReserve(full, 1, { callsPerMinute: 1 }, after(20_000))).toThrow(
      expect.objectContaining({ retryAfterMs: 60_000 }),
    )
  })

  it('does not count uploads as calls, but their tokens', () => {
    const allowance = tryReserve(full, 70, limits, after(20_000), 'upload')
    expect(allowance.calls).toEqual(full.calls)
    expect(() => tryReserve(allowance, 71, { tokensPerDay: 70 }, after(20_000))).toThrow(
      expect.objectContaining({ code: 'tokens-exceeded' }),
    )
  })

  it('counts calls of a clock slightly ahead, and ignores those of a clock far ahead', () => {
    const ahead = callsAt(limits, 2000, 2000, 2000)
    expect(() => tryReserve(ahead, 1, limits)).toThrow(expect.objectContaining({ retryAfterMs: 62_000 }))
    const farAhead = callsAt(limits, 3_600_000, 3_600_000, 3_600_000)
    expect(tryReserve(farAhead, 1, limits).calls).toEqual([NOON.getTime()])
  })

  it('stores no calls without a limit', () => {
    expect(callsAt({}, 0, 1, 2).calls).toEqual([])
  })
})

describe('reserve() and tokens of the day', () => {
  const limits = { tokensPerDay: 100 }

  it('refuses an estimate above what is left, until midnight UTC', () => {
    const allowance = tryReserve(NEW_ALLOWANCE, 60, limits)
    expect(() => tryReserve(allowance, 101, limits, after(1))).toThrow(
      expect.objectContaining({ code: 'tokens-exceeded', retryAfterMs: TWELVE_HOURS_MS - 1 }),
    )
    expect(() => tryReserve(allowance, 41, limits, after(1))).toThrow(
      expect.objectContaining({ code: 'tokens-reserved', retryAfterMs: 5000 }),
    )
    expect(Object.keys(tryReserve(allowance, 40, limits).days['2026-11-22']!.open)).toHaveLength(2)
    expect(tryReserve(allowance, 100, limits, after(TWELVE_HOURS_MS))).toMatchObject({
      days: { '2026-11-23': { spentTokens: 0 } },
    })
  })

  it('expires an unsettled reservation, and still settles it late', () => {
    const crashed = reservationOf(100)
    const allowance = reserve(NEW_ALLOWANCE, crashed, projectUse(0), { ...NO_LIMITS, ...limits }, NOON)
    expect(() => tryReserve(allowance, 1, limits, after(RESERVATION_MS - 1))).toThrow('Cannot reserve')
    const next = tryReserve(allowance, 1, limits, after(RESERVATION_MS))
    expect(settle(next, crashed, 70, after(RESERVATION_MS)).days['2026-11-22']).toMatchObject({
      spentTokens: 70,
    })
  })

  it('removes reservations of crashed workers after an hour', () => {
    const crashed = reservationOf(100)
    const allowance = reserve(NEW_ALLOWANCE, crashed, projectUse(0), { ...NO_LIMITS, ...limits }, NOON)
    const late = after(RESERVATION_MS + 3_600_000)
    const next = tryReserve(allowance, 1, limits, late)
    expect(Object.keys(next.days['2026-11-22']!.open)).not.toContain(crashed.id)
    expect(settle(next, crashed, 70, late)).toBe(next)
  })

  it("refuses estimates above the project's allowance, also without an owner", () => {
    const project = { projectTokensPerDay: 1000, tokensPerDay: 1 }
    const reservation = {
      ...reservationOf(10),
      spender: { uid: null, kind: 'upload', account: 'verified' } as const,
    }
    const tryProject = (used: number) =>
      reserve(NEW_ALLOWANCE, reservation, projectUse(used), { ...NO_LIMITS, ...project }, NOON)
    expect(() => tryProject(991)).toThrow(
      expect.objectContaining({ code: 'project-tokens-exceeded', retryAfterMs: TWELVE_HOURS_MS }),
    )
    expect(tryProject(990)).toMatchObject({ days: { '2026-11-22': { spentTokens: 0 } } })
  })

  it('is done once, however often the transaction runs', () => {
    const reservation = reservationOf(60)
    const allowance = reserve(NEW_ALLOWANCE, reservation, projectUse(0), { ...NO_LIMITS, ...limits }, NOON)
    expect(reserve(allowance, reservation, projectUse(0), { ...NO_LIMITS, ...limits }, NOON)).toBe(allowance)
  })
})

describe('settle()', () => {
  it('counts once, and only what was reserved', () => {
    const reservation = reservationOf(60)
    const reserved = reserve(NEW_ALLOWANCE, reservation, projectUse(0), NO_LIMITS, NOON)
    const settled = settle(reserved, reservation, 25, NOON)
    expect(settled.days).toEqual({ '2026-11-22': { spentTokens: 25, open: {} } })
    expect(settle(settled, reservation, 25, NOON)).toBe(settled)
    expect(settle(settled, reservationOf(10), 10, NOON)).toBe(settled)
  })

  it('charges the day of the reservation after midnight', () => {
    const lastMs = new Date('2026-11-22T23:59:59.999Z')
    const reservation = reservationOf(60, lastMs)
    const yesterday = reserve(NEW_ALLOWANCE, reservation, projectUse(0), NO_LIMITS, lastMs)
    const morning = new Date('2026-11-23T00:01:00Z')
    const today = tryReserve(yesterday, 30, { tokensPerDay: 30 }, morning)
    expect(settle(today, reservation, 50, morning).days).toMatchObject({
      '2026-11-22': { spentTokens: 50, open: {} },
      '2026-11-23': { spentTokens: 0 },
    })
  })
})

describe('reserve() for concurrent operations of one user', () => {
  it('grants the most that each may use, then what is left, then nothing until one has ended', () => {
    const limits = { ...NO_LIMITS, tokensPerDay: 100 }
    const need = { least: 10, most: 60 }
    const next = (allowance: Allowance) => {
      const reservation = { ...reservationOf(0), ...need }
      const reserved = reserve(allowance, reservation, projectUse(0), limits, NOON)
      return { reserved, reservation, granted: reserved.days['2026-11-22']!.open[reservation.id]!.tokens }
    }
    const first = next(NEW_ALLOWANCE)
    const second = next(first.reserved)
    expect([first.granted, second.granted]).toEqual([60, 40])
    expect(() => next(second.reserved)).toThrow(expect.objectContaining({ code: 'tokens-reserved' }))
    const settled = settle(second.reserved, first.reservation, 20, NOON)
    expect(next(settled).granted).toBe(40)
    const spent = settle(settled, second.reservation, 75, NOON)
    expect(() => next(spent)).toThrow(expect.objectContaining({ code: 'tokens-exceeded' }))
  })
})

describe('reserve() for users without a verified identity', () => {
  const limits = {
    ...NO_LIMITS,
    tokensPerDay: 1000,
    restrictedTokensPerDay: 50,
    projectTokensPerDay: 10_000,
    restrictedProjectPercent: 20,
  }
  const tryAs = (account: Spender['account'], tokens: number, project = projectUse(0)) =>
    reserve(
      NEW_ALLOWANCE,
      { ...reservationOf(tokens), spender: { uid: 'eve', kind: 'call', account } },
      project,
      limits,
      NOON,
    )

  it('applies an allowance of their own', () => {
    expect(() => tryAs('restricted', 51)).toThrow(expect.objectContaining({ code: 'tokens-exceeded' }))
    expect(tryAs('restricted', 50).days).toHaveProperty('2026-11-22')
    expect(tryAs('verified', 51).days).toHaveProperty('2026-11-22')
  })

  it("limits all of them together to their part of the project's day", () => {
    const used = projectUse(2000, 1991)
    expect(() => tryAs('restricted', 10, used)).toThrow(
      expect.objectContaining({ code: 'project-tokens-exceeded', retryAfterMs: RESERVATION_MS }),
    )
    expect(tryAs('restricted', 9, used).days).toHaveProperty('2026-11-22')
    expect(tryAs('verified', 10, used).days).toHaveProperty('2026-11-22')
  })
})

describe('reserve() for uploads', () => {
  it('counts the photos of a day, and refuses more than UPLOADS_PER_DAY until midnight UTC', () => {
    const limits = { uploadsPerDay: 2 }
    const one = tryReserve(NEW_ALLOWANCE, 1, limits, NOON, 'upload')
    const two = tryReserve(tryReserve(one, 1, limits, NOON, 'call'), 1, limits, NOON, 'upload')
    expect(two.days['2026-11-22']).toMatchObject({ uploads: 2 })
    expect(() => tryReserve(two, 1, limits, NOON, 'upload')).toThrow(
      expect.objectContaining({ code: 'uploads-exceeded', retryAfterMs: TWELVE_HOURS_MS }),
    )
    expect(tryReserve(two, 1, limits, after(TWELVE_HOURS_MS), 'upload').days).toHaveProperty('2026-11-23')
  })
})

describe('quotaCheck()', () => {
  const spender = { uid: 'alice', kind: 'upload', account: 'verified' } as const
  const check = (allowance: Allowance, least: number, limits: Partial<QuotaLimits>) =>
    quotaCheck(allowance, projectUse(0), '2026-11-22', NOON)(spender, least, { ...NO_LIMITS, ...limits })

  it('refuses as reserve() does, but not for reservations that are still open', () => {
    const open = tryReserve(NEW_ALLOWANCE, 60, { tokensPerDay: 100 }, NOON, 'upload')
    expect(() => check(open, 41, { tokensPerDay: 100 })).not.toThrow()
    expect(() => check(open, 101, { tokensPerDay: 100 })).toThrow(
      expect.objectContaining({ code: 'tokens-exceeded' }),
    )
    expect(() => check(open, 1, { uploadsPerDay: 1 })).toThrow(
      expect.objectContaining({ code: 'uploads-exceeded' }),
    )
  })
})
