import { describe, expect, it } from 'vitest'
import { maskIou, totalAccuracy } from '../../../tools/eval/accuracy.ts'
import { change } from '../../../tools/eval/compare-page.ts'
import { boxIou, matchObjects, namesObject } from '../../../tools/eval/matching.ts'
import { drawnScenes } from '../../../tools/eval/scenes.ts'
import { spread, totalsOf } from '../../../tools/eval/totals.ts'
import { at, FAILED, object, photo, tokens } from './eval-runs.ts'

describe('matching of objects', () => {
  it('measures the IoU of boxes', () => {
    expect(boxIou(at(0, 0), at(0, 0))).toBe(1)
    expect(boxIou(at(0, 0), at(5, 0))).toBeCloseTo(1 / 3)
    expect(boxIou(at(0, 0), at(10, 0))).toBe(0)
  })

  it('pairs each object once, the same label first, then the higher IoU', () => {
    const [ball, cup] = [object('red ball', 0), object('cup', 3)]
    const [cup2, ball2, far] = [object('cup', 0), object('Red ball!', 1), object('ball', 50)]
    const { pairs, onlyA, onlyB } = matchObjects([ball, cup], [cup2, ball2, far])
    expect(pairs.map(({ a, b, sameLabel }) => [a, b, sameLabel])).toEqual([
      [ball, ball2, true],
      [cup, cup2, true],
    ])
    expect([onlyA, onlyB]).toEqual([[], [far]])
  })

  it('reports an IoU below 0.5 as two objects', () => {
    const { pairs, onlyA, onlyB } = matchObjects([object('ball', 0)], [object('ball', 4)])
    expect([pairs.length, onlyA.length, onlyB.length]).toEqual([0, 1, 1])
  })

  it('accepts labels with more words than the expected ones', () => {
    expect(namesObject('a large Red circle', 'red circle')).toBe(true)
    expect(namesObject('reddish circle', 'red circle')).toBe(false)
  })
})

describe('accuracy of drawn scenes', () => {
  it('measures the IoU of a mask in its box', () => {
    const truth = new Uint8Array(16).fill(1, 0, 4) // The first row of 4 x 4 pixels.
    const mask = { box: { x: 0, y: 0, width: 2, height: 2 }, pixels: new Uint8Array([255, 255, 255, 0]) }
    expect(maskIou(mask, truth, 4)).toBeCloseTo(2 / 5)
  })

  it('counts missed and invented objects, wrong labels and missing masks', () => {
    const accuracy = { expected: 4, found: 5, matched: 3, labelled: 2, maskIous: [0.9, 0.6, 0] }
    const missed = { expected: 2, found: 0, matched: 0, labelled: 0, maskIous: [] }
    const total = totalAccuracy([photo('a', { accuracy }), photo('b', { accuracy: missed }), photo('c')])
    expect(total).toMatchObject({
      scenes: 2,
      precision: 3 / 5,
      recall: 3 / 6,
      labelShare: 2 / 3,
      meanMaskIou: 0.5,
    })
    expect(totalAccuracy([photo('c')])).toBeUndefined()
  })

  it('draws the same scenes for the same seed', () => {
    expect(drawnScenes(5, 7)).toEqual(drawnScenes(5, 7))
    expect(drawnScenes(5, 7)).not.toEqual(drawnScenes(5, 8))
  })
})

describe('totals', () => {
  it('uses percentiles that were measured', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, p95: 3 })
    expect(spread(Array.from({ length: 100 }, (_, index) => index + 1))).toEqual({ median: 50, p95: 95 })
    expect(spread([])).toBeUndefined()
  })

  it('count the cost of failed steps, and leave photos without an answer out of the cost for 1,000', () => {
    const rejected = photo('r', {
      status: 'rejected',
      steps: { describe: { state: 'not-run', requests: 0 }, locate: { state: 'not-run', requests: 0 } },
    })
    const totals = totalsOf([photo('a'), FAILED, rejected])
    expect(totals).toMatchObject({ photos: 3, complete: 1, answered: 2, requests: 5 })
    expect(totals.usdPer1000).toBeCloseTo(6.5)
    expect(totals.ms.locate).toEqual({ median: 30, p95: 30 })
  })

  it('do not guess an unknown price', () => {
    const { describe: step } = photo('a').steps
    const unknown = photo('b', {
      steps: { describe: step, locate: { state: 'succeeded', requests: 1, tokens: tokens(5) } },
    })
    expect(totalsOf([photo('a'), unknown])).toMatchObject({ usd: undefined, usdPer1000: undefined })
  })

  it('show the change from A to B', () => {
    expect([change(10, 12), change(10, 9.95), change(5, 5), change(undefined, 1)]).toEqual([
      '+20 %',
      '−0.5 %',
      'same',
      '–',
    ])
  })
})
