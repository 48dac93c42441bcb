import { describe, expect, it } from 'vitest'
import { addressOf, addressOfLabel, openIdsOf, parseRoute } from '../../../web/src/app/route.ts'

const id = (letter: string) => letter.repeat(43)
const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => id(String.fromCharCode(97 + index)))

describe('parseRoute()', () => {
  it('reads the address of a photo and of 2 to 16 photos', () => {
    expect(parseRoute(addressOf(id('a')))).toEqual({ page: 'photo', imageId: id('a') })
    const sixteen = ids(16)
    expect(parseRoute(addressOf(...sixteen))).toEqual({ page: 'comparison', imageIds: sixteen })
    expect(openIdsOf(parseRoute(addressOf(...sixteen)))).toEqual(sixteen)
  })
  it('opens a photo that is named twice once', () => {
    expect(parseRoute(addressOf(id('a'), id('a')))).toEqual({ page: 'photo', imageId: id('a') })
    expect(parseRoute(addressOf(id('a'), id('b'), id('a')))).toEqual({
      page: 'comparison',
      imageIds: [id('a'), id('b')],
    })
  })
  it('reads a label with any characters, in lower case', () => {
    expect(parseRoute(addressOfLabel(' Café & 50 % + #1 '))).toEqual({
      page: 'home',
      label: 'café & 50 % + #1',
    })
  })
  it.each(['', '#', '#label=', '#label=%E0%A4%A', '#short', `#${id('a')}+short`, `#${ids(17).join('+')}`])(
    'shows the home page for %o',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'home' })
    },
  )
})
