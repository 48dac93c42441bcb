import { expect, it } from 'vitest'
import { recentNotices } from '../../../web/src/app/use-notices.ts'

it('recentNotices() keeps the notices of the action that has opened the page', () => {
  const old = { text: 'A text file is not a photo.', at: 1000 }
  const recent = { text: 'Could not load the photo.', at: 4500 }
  expect(recentNotices([old, recent], 5000)).toEqual([recent])
  expect(recentNotices([old], 1500)).toEqual([old])
})
