import { describe, expect, it } from 'vitest'
import { type KeyedStorage, memoryStorage } from '../../../web/src/parts/browser-storage.ts'
import { createKept } from '../../../web/src/parts/kept.ts'

const photo = (imageId: string, generation = '1') => ({ imageId, generation })

describe('createKept()', () => {
  it('returns a value in a later visit of the same user, by kind and photos', () => {
    const storage = memoryStorage()
    createKept('alice', storage)
      .slot('find', [photo('a')])
      .write({ found: 3 })
    const later = createKept('alice', storage)
    expect(later.slot('find', [photo('a')]).read()).toEqual({ found: 3 })
    expect(later.slot('conversation', [photo('a')]).read()).toBeUndefined()
    expect(later.slot('find', [photo('b')]).read()).toBeUndefined()
    expect(later.slot('find', [photo('a'), photo('b')]).read()).toBeUndefined()
  })

  it('returns nothing about an earlier generation of a photo', () => {
    const kept = createKept('alice', memoryStorage())
    kept.slot('comparison', [photo('a'), photo('b', '1')]).write('old')
    expect(kept.slot('comparison', [photo('a'), photo('b', '2')]).read()).toBeUndefined()
  })

  it('shows nothing of another user, and deletes it', () => {
    const storage = memoryStorage()
    createKept('alice', storage)
      .slot('find', [photo('a')])
      .write('of alice')
    storage.setItem('other-code', 'stays')
    for (const uid of ['alice:find', 'alic', 'bob']) {
      expect(
        createKept(uid, storage)
          .slot('find', [photo('a')])
          .read(),
      ).toBeUndefined()
    }
    expect([storage.length, storage.key(0)]).toEqual([1, 'other-code'])
  })

  it('forgets all that concerns a deleted photo', () => {
    const kept = createKept('alice', memoryStorage())
    const about = [
      kept.slot('conversation', [photo('a')]),
      kept.slot('comparison', [photo('b'), photo('a')]),
      kept.slot('conversation', [photo('b')]),
    ]
    for (const slot of about) slot.write('kept')
    kept.forget('a')
    about[0]!.write('written when the page of the deleted photo closes')
    expect(about.map((slot) => slot.read())).toEqual([undefined, undefined, 'kept'])
  })

  it('deletes the values written first at the limit, and keeps no value above its own limit', () => {
    const kept = createKept('alice', memoryStorage(), { total: 500, value: 200 })
    const slots = ['a', 'b', 'c', 'd'].map((imageId) => kept.slot('find', [photo(imageId)]))
    const text = 'x'.repeat(120)
    for (const slot of slots.slice(0, 3)) slot.write(text)
    slots[0]!.write(text) // Now the newest.
    slots[3]!.write(text)
    expect(slots.map((slot) => slot.read() === text)).toEqual([true, false, true, true])
    slots[3]!.write('x'.repeat(201))
    expect(slots[3]!.read()).toBeUndefined()
  })

  it('makes room if the browser has less, and ignores values that it did not write', () => {
    const values = memoryStorage()
    const full: KeyedStorage = {
      ...values,
      get length() {
        return values.length
      },
      setItem: (key, text) => {
        if (values.length >= 2) throw new DOMException('full', 'QuotaExceededError')
        values.setItem(key, text)
      },
    }
    const kept = createKept('alice', full)
    const slots = ['a', 'b', 'c'].map((imageId) => kept.slot('find', [photo(imageId)]))
    for (const slot of slots) slot.write('kept')
    expect(slots.map((slot) => slot.read())).toEqual([undefined, 'kept', 'kept'])
    for (let index = 0; index < values.length; index++) values.setItem(values.key(index)!, '1\n1\n{damaged')
    expect(slots.map((slot) => slot.read())).toEqual([undefined, undefined, undefined])
  })
})
