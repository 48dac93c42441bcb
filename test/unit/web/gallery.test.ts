import { describe, expect, it } from 'vitest'
import { tileAfterKey } from '../../../web/src/gallery/move-focus.ts'
import {
  appendPage,
  countLabels,
  focusAfterRemoval,
  groupByDay,
  mergeNewest,
} from '../../../web/src/gallery/photo-order.ts'
import { storedPhoto } from '../../support/stored-photos.ts'

/** A photo of a minute; the letter is its id. */
const photo = (imageId: string, minute: number) => ({
  imageId,
  annotation: storedPhoto('alice', { createdAt: new Date(2026, 5, 10, 12, minute) }).annotation,
})
const [a, b, c, d, e] = [photo('a', 5), photo('b', 4), photo('c', 3), photo('d', 2), photo('e', 1)] as const
const idsOf = ({ photos }: { photos: readonly { imageId: string }[] }) =>
  photos.map(({ imageId }) => imageId).join('')

describe('mergeNewest()', () => {
  const loaded = { photos: [b, c, d, e], isComplete: true }
  it('keeps the older pages, and a photo that a new one has pushed out of the newest page', () => {
    const merged = mergeNewest(loaded, [a, b], 2)
    expect(idsOf(merged)).toBe('abcde')
    expect(merged.isComplete).toBe(true)
  })
  it('removes a photo that was deleted', () => {
    expect(idsOf(mergeNewest(loaded, [b, d], 2))).toBe('bde')
  })
  it('knows that a page that is not full is all there is', () => {
    expect(mergeNewest(loaded, [b], 2)).toEqual({ photos: [b], isComplete: true })
    expect(mergeNewest(undefined, [], 2)).toEqual({ photos: [], isComplete: true })
  })
  it('starts again if more photos were added at once than a page has', () => {
    expect(mergeNewest({ photos: [e], isComplete: true }, [a, b], 2)).toEqual({
      photos: [a, b],
      isComplete: false,
    })
  })
  it('orders photos of the same time by their ids, as the queries do', () => {
    const [y, x] = [photo('y', 1), photo('x', 1)]
    expect(idsOf(mergeNewest({ photos: [y, x], isComplete: true }, [e, y], 2))).toBe('eyx')
  })
})

it('appendPage() adds the photos that are not known yet, and recognizes the last page', () => {
  const first = { photos: [a, b, c], isComplete: false }
  expect(appendPage(first, [c, d], 2)).toEqual({ photos: [a, b, c, d], isComplete: false })
  expect(appendPage(first, [d], 2)).toEqual({ photos: [a, b, c, d], isComplete: true })
})

it('groupByDay() names today, yesterday and earlier days', () => {
  const at = (...date: [number, number, number, number]) => ({
    imageId: date.join(),
    annotation: storedPhoto('alice', { createdAt: new Date(...date) }).annotation,
  })
  const now = new Date(2026, 0, 1, 0, 30)
  const photos = [at(2026, 0, 1, 0), at(2025, 11, 31, 23), at(2025, 11, 31, 1), at(2025, 11, 30, 23)]
  const days = groupByDay(photos, now)
  expect(days.map((day) => [day.title, day.photos.length])).toEqual([
    ['Today', 1],
    ['Yesterday', 2],
    [expect.stringMatching(/2025/), 1],
  ])
})

it('countLabels() counts the photos with each label, the most frequent first', () => {
  const labelled = [['cat', 'animal'], ['dog', 'animal'], undefined].map((labels) =>
    storedPhoto('alice', labels && { labels }),
  )
  expect(countLabels(labelled)).toEqual([
    ['animal', 2],
    ['cat', 1],
    ['dog', 1],
  ])
})

describe('focusAfterRemoval()', () => {
  it.each([
    ['b', 'c'],
    ['bd', 'e'],
    ['de', 'c'],
    ['abcde', undefined],
    ['x', 'a'],
  ])('after the removal of %s is %s', (removed, expected) => {
    expect(focusAfterRemoval([a, b, c, d, e], new Set(removed))).toBe(expected)
  })
})

describe('tileAfterKey()', () => {
  // Three columns: a day with four photos, a day with two.
  const places = [0, 100, 200, 0, 0, 100].map((left, index) => ({
    left,
    top: [0, 0, 0, 200, 500, 500][index]!,
  }))
  it.each([
    [0, 'ArrowLeft', 0],
    [2, 'ArrowRight', 3],
    [5, 'ArrowRight', 5],
    [2, 'ArrowDown', 3],
    [3, 'ArrowDown', 4],
    [5, 'ArrowUp', 3],
    [1, 'ArrowUp', 1],
    [4, 'ArrowDown', 4],
    [4, 'Home', 0],
    [0, 'End', 5],
    [0, 'Enter', undefined],
    [-1, 'ArrowRight', undefined],
  ])('from %i with %s is %o', (index, key, expected) => {
    expect(tileAfterKey(places, index, key)).toBe(expected)
  })
})
