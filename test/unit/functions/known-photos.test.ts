import { expect, it } from 'vitest'
import { KnownPhotos } from '../../../functions/src/maintenance/known-photos.ts'

it('KnownPhotos forgets the photo that was read first when there are too many', () => {
  const known = new KnownPhotos(2)
  known.set('a', '1')
  known.set('b', '1')
  known.set('b', '2')
  known.set('c', '1')
  expect(['a', 'b', 'c'].map((id) => known.get(id))).toEqual([undefined, '2', '1'])
})
