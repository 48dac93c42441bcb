import { describe, expect, it } from 'vitest'
import { photoWords } from '../../../web/src/compare/photo-words.ts'

describe('photoWords()', () => {
  it.each([
    ['Image 1: a cat. Image 2: a dog.', 'Photo 1: a cat. Photo 2: a dog.'],
    ['The cup is in image 1, but not in picture 2.', 'The cup is in photo 1, but not in photo 2.'],
    ['Images 1 and 2 show a cup.', 'Photos 1 and 2 show a cup.'],
  ])('%s', (text, expected) => {
    expect(photoWords(text, 2)).toBe(expected)
  })

  it.each(['The poster says "Image 3".', 'An image of 2 cats.', 'Image 0', 'image10'])(
    'keeps: %s',
    (text) => {
      expect(photoWords(text, 2)).toBe(text)
    },
  )
})
