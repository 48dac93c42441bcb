import type { Annotation } from '@firesight/client'
import { describe, expect, it } from 'vitest'
import { progressOf } from '../../../web/src/photo/progress.ts'

const RUNNING = {
  status: 'processing',
  image: { width: 80, height: 60 },
  steps: { describe: { state: 'succeeded' }, locate: { state: 'pending' }, draw: { state: 'pending' } },
  lease: { token: 'token', expiresAt: new Date('2026-11-30T12:06:00Z') },
} as Annotation
const LOCATE_FAILED = { ...RUNNING.steps, locate: { state: 'failed' }, draw: { state: 'skipped' } } as const

describe('progressOf()', () => {
  it.each<[string, Partial<Annotation>, string[]]>([
    ['a running photo', {}, ['done', 'done', 'done', 'active', 'waiting']],
    ['a deferred photo', { status: 'deferred', lease: null }, ['done', 'done', 'done', 'waiting', 'waiting']],
    ['a photo between two deliveries', { lease: null }, ['done', 'done', 'done', 'waiting', 'waiting']],
    [
      'a photo without objects to draw',
      { status: 'partial', steps: LOCATE_FAILED },
      ['done', 'done', 'done', 'failed', 'skipped'],
    ],
  ])('shows the steps of %s', (_, fields, states) => {
    const steps = progressOf(undefined, { ...RUNNING, ...fields })
    expect(steps.map(({ state }) => state)).toEqual(states)
  })

  it.each([
    ['without objects', { objects: [] }, 'Nothing to draw: skipped'],
    ['whose objects have no mask', { objects: [{ mask: null }] }, 'Nothing to draw: skipped'],
    ['with a mask', { objects: [{ mask: null }, { mask: { areaPixels: 9 } }] }, 'Drawn: done'],
    ['with unknown objects', { steps: LOCATE_FAILED }, 'Drawn: skipped'],
  ])('shows whether something was drawn on a photo %s', (_, fields, last) => {
    const steps = { ...RUNNING.steps, locate: { state: 'succeeded' }, draw: { state: 'succeeded' } }
    const { name, state } = progressOf(undefined, {
      ...RUNNING,
      steps,
      status: 'succeeded',
      ...fields,
    } as Annotation).at(-1)!
    expect(`${name}: ${state}`).toBe(last)
  })
})
