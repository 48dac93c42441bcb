import { describe, expect, it } from 'vitest'
import { asVisionError } from '../../../../functions/src/errors.ts'
import type { QuotaLimits, Reservation, Spender } from '../../../../functions/src/ports/quota-store.ts'
import { memoryQuota } from '../../../../functions/src/stores/memory/memory-quota.ts'
import { exactly, NO_LIMITS } from '../../../support/quota-limits.ts'

/*
 * An attacker uses stolen tokens at full speed for two hours around midnight, on a simulated clock: each
 * second sends as many calls and uploads as the instances accept. Some use many times their estimate; some
 * are never settled because their instance crashed.
 */
const ESTIMATE = 2000
const WORST = 20_000
const SLOTS = 40
const START = Date.parse('2026-11-22T23:00:00Z')
const SECONDS = 2 * 3600

type Running = { reservation: Reservation; until: number; spent: number; crashes: boolean }

async function attack(users: (string | null)[], limits: QuotaLimits) {
  const quota = memoryQuota()
  const spentOf = new Map<string, number>()
  const callsAt: number[] = []
  let running: Running[] = []
  let [attempts, served] = [0, 0]

  async function tryOnce(spender: Spender, second: number): Promise<void> {
    attempts++
    const now = new Date(START + second * 1000)
    try {
      const reservation = await quota.reserve(spender, exactly(ESTIMATE), limits, now)
      const number = ++served
      if (spender.kind === 'call') callsAt.push(now.getTime())
      const spent = number % 7 === 0 ? WORST : (number * 397) % ESTIMATE
      running.push({ reservation, spent, until: second + 1 + (number % 30), crashes: number % 50 === 0 })
    } catch (error) {
      if (!asVisionError(error)) throw error
    }
  }

  for (let second = 0; second < SECONDS; second++) {
    const ended = running.filter(({ until }) => until <= second)
    running = running.filter(({ until }) => until > second)
    for (const { reservation, spent, crashes } of ended) {
      if (crashes) continue
      const keys = [reservation.day, `${reservation.day} ${reservation.spender.uid}`]
      for (const key of keys) spentOf.set(key, (spentOf.get(key) ?? 0) + spent)
      await quota.settle(reservation, spent, new Date(START + second * 1000))
    }
    for (const kind of ['call', 'upload'] as const) {
      const uid = users[(second + (kind === 'call' ? 0 : 1)) % users.length]!
      if (running.length < SLOTS) await tryOnce({ uid, kind, account: 'verified' }, second)
    }
  }
  return { spentOf, callsAt, attempts, served, quota }
}

const IN_FLIGHT = SLOTS * WORST
const DAYS = ['2026-11-22', '2026-11-23']

describe('memoryQuota() under attack', () => {
  it("limits one user to the day's allowance and the requests in flight, on each day", async () => {
    const tokensPerDay = 500_000
    const { spentOf, callsAt, attempts, served } = await attack(['mallory'], {
      ...NO_LIMITS,
      callsPerMinute: 10,
      tokensPerDay,
      projectTokensPerDay: 0,
    })
    for (const day of DAYS) {
      const spent = spentOf.get(`${day} mallory`)!
      expect(spent).toBeLessThanOrEqual(tokensPerDay + IN_FLIGHT)
      expect(spent).toBeGreaterThan(tokensPerDay - WORST)
    }
    const closest = callsAt.slice(10).map((time, i) => time - callsAt[i]!)
    expect(Math.min(...closest)).toBeGreaterThanOrEqual(60_000)
    // Refused attempts cost nothing.
    expect(attempts).toBeGreaterThan(20 * served)
  })

  it("limits a hundred users to the project's allowance and the requests in flight, also after crashes", async () => {
    const projectTokensPerDay = 2_000_000
    const users = [null, ...Array.from({ length: 99 }, (_, i) => `mallory-${i}`)]
    const { spentOf, quota } = await attack(users, {
      ...NO_LIMITS,
      callsPerMinute: 30,
      tokensPerDay: 1_000_000,
      projectTokensPerDay,
    })
    for (const day of DAYS) {
      const counted = quota.projectTokens.get(day)!
      expect(counted).toBeGreaterThan(projectTokensPerDay - WORST)
      expect(counted).toBeLessThanOrEqual(projectTokensPerDay + IN_FLIGHT)
      expect(spentOf.get(day)).toBeLessThanOrEqual(counted)
    }
  })

  it('keeps restricted users together within their cap if they reserve at the same time', async () => {
    const quota = memoryQuota()
    const limits = { ...NO_LIMITS, projectTokensPerDay: 5_000_000, restrictedProjectPercent: 20 }
    const now = new Date(START)
    const reservations: Reservation[] = []
    for (let user = 0; user < 80; user++) {
      const spender = { uid: `mallory-${user}`, kind: 'call', account: 'restricted' } as const
      await quota.reserve(spender, { least: 5000, most: 50_000 }, limits, now).then(
        (reservation) => reservations.push(reservation),
        (error: unknown) => expect(asVisionError(error)?.code).toBe('project-tokens-exceeded'),
      )
    }
    for (const reservation of reservations) await quota.settle(reservation, reservation.tokens, now)
    expect(quota.restrictedTokens.get('2026-11-22')).toBeLessThanOrEqual(1_000_000)
    expect(reservations.length).toBeGreaterThanOrEqual(20)
  })
})
