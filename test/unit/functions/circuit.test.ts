import { describe, expect, it } from 'vitest'
import { type ErrorCode, FAILURES } from '../../../functions/src/errors.ts'
import { circuitKeys, openingOf } from '../../../functions/src/model/guarded-model.ts'
import { nextPacificMidnight } from '../../../functions/src/model/pacific-midnight.ts'
import { modelFailure } from '../../support/model-failure.ts'

const NOW = new Date('2026-11-27T18:00:00Z')
const KEYS = circuitKeys('gemini-api', 'gemini-3.8-flash')
const MODEL_KEY = 'gemini-api:gemini-3.8-flash'
const failureOf = (code: ErrorCode, retryAfterMs?: number) => modelFailure(code, { retryAfterMs })

describe('openingOf()', () => {
  it.each([
    ['model-misconfigured', undefined, 'gemini-api', '2026-11-27T18:05:00Z'],
    ['model-misconfigured', 1000, 'gemini-api', '2026-11-27T18:05:00Z'],
    ['model-not-found', undefined, MODEL_KEY, '2026-11-27T18:05:00Z'],
    ['model-budget-spent', undefined, 'gemini-api', '2026-11-27T19:00:00Z'],
    ['model-budget-spent', 7_200_000, 'gemini-api', '2026-11-27T20:00:00Z'],
    ['model-budget-spent', 1e17, 'gemini-api', '2026-11-28T18:00:00Z'],
    // 10:00 in California.
    ['model-day-limit', 3_600_000, MODEL_KEY, '2026-11-28T08:00:00Z'],
  ] as const)(
    'opens for %s, to be asked again in %s ms, the circuit %s until %s',
    (code, wait, key, until) => {
      const opening = openingOf(failureOf(code, wait), KEYS, NOW)
      expect(opening).toEqual({ key, circuit: { code, openUntil: new Date(until) } })
    },
  )

  it('opens for a day limit at least five minutes', () => {
    const beforeMidnight = new Date('2026-11-28T07:58:00Z')
    const opening = openingOf(failureOf('model-day-limit'), KEYS, beforeMidnight)
    expect(opening?.circuit.openUntil).toEqual(new Date('2026-11-28T08:03:00Z'))
  })

  it('opens for no other code', () => {
    const opens = (code: string) => openingOf(failureOf(code as ErrorCode), KEYS, NOW) !== undefined
    expect(Object.keys(FAILURES).filter((code) => opens(code))).toEqual([
      'model-day-limit',
      'model-budget-spent',
      'model-misconfigured',
      'model-not-found',
    ])
  })

  it.each(['model-misconfigured', 'model-not-found'] as const)(
    'opens nothing for %s that concerns a file of the request',
    (code) => {
      const aboutFile = modelFailure(code, { scope: 'request', reason: 'file-unusable' })
      expect(openingOf(aboutFile, KEYS, NOW)).toBeUndefined()
      expect(openingOf(modelFailure(code), KEYS, NOW)).toBeDefined()
    },
  )

  it('makes keys that are valid document ids', () => {
    const keys = circuitKeys('vertex-ai', 'publishers/google/models/gemini 3')
    expect(keys.model).toBe('vertex-ai:publishers%2Fgoogle%2Fmodels%2Fgemini%203')
  })
})

describe('nextPacificMidnight()', () => {
  it.each([
    ['in winter', '2026-11-27T18:00:00Z', '2026-11-28T08:00:00Z'],
    ['in summer, just before', '2026-07-01T06:59:59.999Z', '2026-07-01T07:00:00Z'],
    ['in summer, at midnight itself', '2026-07-01T07:00:00Z', '2026-07-02T07:00:00Z'],
    ['at the end of the year', '2027-01-01T07:59:59Z', '2027-01-01T08:00:00Z'],
    ['on the eve of summer time', '2026-03-07T20:00:00Z', '2026-03-08T08:00:00Z'],
    ['on the day of 23 hours', '2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
    ['on the eve of winter time', '2026-10-31T20:00:00Z', '2026-11-01T07:00:00Z'],
    ['on the day of 25 hours', '2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
    ['at the first 1:30 of that day', '2026-11-01T08:30:00Z', '2026-11-02T08:00:00Z'],
    ['at the second 1:30 of that day', '2026-11-01T09:30:00Z', '2026-11-02T08:00:00Z'],
  ])('is right %s', (_, now, midnight) => {
    expect(nextPacificMidnight(new Date(now))).toEqual(new Date(midnight))
  })

  it('is the first midnight to come, at any time of two years', () => {
    const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Los_Angeles', timeStyle: 'medium' })
    const from = Date.parse('2026-01-01T00:20:00Z')
    let midnights = 0
    let previous = 0
    for (let time = from; time < Date.parse('2028-01-01T00:20:00Z'); time += 3_600_000) {
      const midnight = nextPacificMidnight(new Date(time)).getTime()
      expect(midnight).toBeGreaterThan(time)
      expect(midnight - time).toBeLessThanOrEqual(25 * 3_600_000)
      expect(clock.format(midnight)).toBe('00:00:00')
      if (midnight !== previous) midnights++
      previous = midnight
    }
    // Of 730 days, and the day of the start.
    expect(midnights).toBe(731)
  })
})
